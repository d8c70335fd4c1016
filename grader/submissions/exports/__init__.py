"""How learning platforms hand out what was handed in: each module of this folder reads one way.

A module has ``read(folder, assignment) -> Export | None``, which is None where the folder is of
another kind, and ``LOOKS_LIKE``, which says what it looks for. It reads names and, where the
platform writes them, small files of its own; of what people handed in it reads nothing. ``plain``
takes what no platform has made.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

import msgspec

from grader.course.assignment import Assignment
from grader.errors import UsageError
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.handins import Export, Handin, is_list, listing
from grader.submissions.trees import Tree

PLAIN = "plain"
MAX_ABOVE = 4  # folders around an export


def names() -> list[str]:
    """The readers that there are; none of them is imported."""
    return sorted(module.name for module in iter_modules(__path__))


def reader_of(name: str) -> ModuleType:
    """The reader of a name. Raises UsageError."""
    if name not in names():
        raise UsageError(f"There is no reader {name} of exports. There are: {', '.join(names())}.")
    return import_module(f"{__name__}.{name}")


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
