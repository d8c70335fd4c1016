"""Which platform's export a folder or a zip is, and where in it the submissions lie."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

import msgspec

from grader.course.assignment import Assignment
from grader.errors import UsageError
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.exports import PLAIN, names, reader_of
from grader.submissions.handins import Export, Handin, is_list, listing
from grader.submissions.trees import Tree

MAX_ABOVE = 4  # folders around an export


def find(tree: Tree, assignment: Assignment, wanted: str | None) -> Export | None:
    """What lies in an export of a platform, there or in the only folder in it; None if it is none.

    wanted: the reader, where it is known; else the first that recognises something. Raises
    UsageError where the wanted one does not.
    """
    readers = [wanted] if wanted else [name for name in names() if name != PLAIN]
    here = tree
    for _above in range(MAX_ABOVE):
        for name in readers:
            export = reader_of(name).read(here, assignment)
            if export is not None:
                return Export(_numbered(export.handins, name), export.notes)
        inside = [entry for entry in here.entries() if entry.is_folder or not is_list(entry.name)]
        if len(inside) != 1 or not inside[0].is_folder:
            break
        here = inside[0]
    if wanted:
        raise UsageError(
            f"{well_formed(tree.name)} is no export that {wanted} makes: there are no "
            f"{reader_of(wanted).LOOKS_LIKE}. It holds {listing(here)}. Name another reader with "
            "--from, or leave it to the grader."
        )
    return None


def _numbered(handins: list[Handin], reader: str) -> list[Handin]:
    """With the reader's name, and the attempts of the same people numbered as they came."""
    count = Counter(handin.origin.people for handin in handins if handin.origin.people)
    places: dict[int, int] = {}
    last: defaultdict[object, int] = defaultdict(int)
    for place in sorted(range(len(handins)), key=lambda place: _when(handins[place])):
        people = handins[place].origin.people
        if count[people] > 1:
            last[people] += 1
            places[place] = last[people]
    return [
        replace(
            handin,
            origin=msgspec.structs.replace(
                handin.origin,
                reader=reader,
                attempt=handin.origin.attempt or places.get(place, 0),
            ),
        )
        for place, handin in enumerate(handins)
    ]


def _when(handin: Handin) -> tuple[float, int, bool]:
    origin = handin.origin
    time = origin.time.timestamp() if origin.time else 0.0
    return time, origin.attempt, bool(origin.is_late)
