"""Which platform's export a folder or a zip is, and where in it the submissions lie."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from grader.course.assignment import Assignment
from grader.errors import UsageError
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.exports import PLAIN, names, reader_of
from grader.submissions.handins import Export, is_list, listing
from grader.submissions.trees import Tree
from grader.submissions.uploads import Origin

MAX_ABOVE = 4  # folders around an export


def find(tree: Tree, assignment: Assignment, wanted: str | None) -> Export | None:
    """What lies in an export of a platform, there or in the only folder in it; None if it is none.

    wanted: the reader, where it is known; else the first that recognises something. Raises
    UsageError where the wanted one does not.
    """
    readers = [wanted] if wanted else [name for name in names() if name != PLAIN]
    places = _places(tree)
    for is_wanted in [False, True] if wanted else [False]:
        for place in places:
            for name in readers:
                export = read(name, place, assignment, is_wanted)
                if export is not None:
                    return export
    if wanted:
        raise UsageError(
            f"{well_formed(tree.name)} is no export that {wanted} makes: there are no "
            f"{reader_of(wanted).LOOKS_LIKE}. It holds {listing(places[-1])}. Name another reader "
            "with --from, or leave it to the grader."
        )
    return None


def _places(tree: Tree) -> list[Tree]:
    """The folder, and the only ones in it, in which an export may lie."""
    found = [tree]
    while len(found) < MAX_ABOVE:
        entries = [e for e in found[-1].entries() if e.is_folder or not is_list(e.name)]
        if len(entries) != 1 or not entries[0].is_folder:
            break
        found.append(entries[0])
    return found


def read(
    reader: str, folder: Tree, assignment: Assignment, is_wanted: bool = False
) -> Export | None:
    """What the reader of a name finds in this folder; None if it is no export of its kind.
    is_wanted: a person said that it is."""
    export = reader_of(reader).read(folder, assignment, is_wanted)
    if export is None:
        return None
    told = [msgspec.structs.replace(one.origin, reader=reader) for one in export.handins]
    handins = [
        replace(handin, origin=origin)
        for handin, origin in zip(export.handins, numbered(told), strict=True)
    ]
    return Export(handins, export.notes)


def numbered(origins: Sequence[Origin]) -> list[Origin]:
    """With the attempts of the same people numbered as they came, where they have no numbers of
    their own. Files of one name in a plain class may be anything."""
    groups: defaultdict[object, list[int]] = defaultdict(list)
    for place, origin in enumerate(origins):
        if origin.people and origin.reader != PLAIN:
            groups[origin.people].append(place)
    found = [*origins]
    for places in groups.values():
        if len({origins[place].attempt for place in places}) < len(places):
            ordered = sorted(places, key=lambda place: _when(origins[place]))
            for number, place in enumerate(ordered, 1):
                found[place] = msgspec.structs.replace(origins[place], attempt=number)
    return found


def _when(origin: Origin) -> tuple[float, int, bool]:
    time = origin.time.timestamp() if origin.time else 0.0
    return time, origin.attempt, bool(origin.is_late)
