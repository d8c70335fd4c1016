"""nbgrader: the folder ``submitted`` of a course, or the inbound folder of its exchange.

``submitted/<student>/<assignment>/`` with ``timestamp.txt`` beside the notebooks; or folders
``<student>+<assignment>+<time>+<random>``, one for each attempt.

Source: "The philosophy and the approach" (how to structure course files) in nbgrader's user guide;
nbgrader/exchange/default/submit.py and collect.py.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime

from grader.course.assignment import Assignment
from grader.errors import UnreadableSubmission, UsageError
from grader.submissions.handins import Export, Handin, listed, time_of
from grader.submissions.trees import Tree
from grader.submissions.uploads import Origin, Person

LOOKS_LIKE = "'submitted/ada/hw1/' with a 'timestamp.txt'"
SUBMITTED = "submitted"
TIMESTAMP = "timestamp.txt"
# The student's name may have a "+".
INBOUND = re.compile(
    r"(?P<student>.+)\+(?P<assignment>[^+]+)\+(?P<time>\d{4}-\d\d-\d\d[ _]\S+ \w+)(\+.*)?"
)
NAMED = 5  # students that a note names


def read(folder: Tree, assignment: Assignment) -> Export | None:
    """What each student handed in; None if this is no such tree.

    Raises UsageError where it holds several assignments and none is called like this one.
    """
    inbound = _inbound(folder, assignment)
    if inbound is not None:
        return inbound
    inner = [entry for entry in folder.entries() if entry.name == SUBMITTED and entry.is_folder]
    students = listed(inner[0] if inner else folder)
    works = {entry.name: _folders(entry) for entry, _late in students}
    if not _is_tree(bool(inner) or folder.name == SUBMITTED, works):
        return None
    name = _name({each.name for own in works.values() for each in own}, assignment, folder)
    handins, without = [], []
    for entry, is_late in students:
        work = next((each for each in works[entry.name] if each.name == name), None)
        if work is None and works[entry.name]:
            without.append(entry.name)
            continue
        person = Person(entry.name, entry.name) if entry.is_folder else None
        time = _time(work) if work is not None else None
        origin = Origin((person,) if person else (), time, is_late)
        handins.append(Handin.whole(origin, work or entry))
    more = ", …" if len(without) > NAMED else ""
    named = ", ".join(without[:NAMED]) + more
    return Export(handins, [f"no folder {name}: {named} handed in nothing"] if without else [])


def _is_tree(is_named: bool, works: dict[str, list[Tree]]) -> bool:
    """Whether these are students with their assignments, told by the times."""
    all_works = [work for own in works.values() for work in own]
    if is_named and all_works and len({work.name for work in all_works}) < len(all_works):
        return True
    return any(entry.name == TIMESTAMP for work in all_works for entry in _entries(work))


def _name(names: set[str], assignment: Assignment, folder: Tree) -> str:
    """What the assignment is called here. Raises UsageError."""
    own = [name for name in sorted(names) if _plain(name) == _plain(assignment.name)]
    if own or len(names) == 1:
        return (own or [*names])[0]
    raise UsageError(
        f"{folder.name} holds several assignments of nbgrader: {', '.join(sorted(names))}. Which of"
        f" them is meant? Rename the folders of that one to {assignment.name}, or copy them to a "
        "tree of their own."
    )


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _inbound(folder: Tree, assignment: Assignment) -> Export | None:
    entries = [(entry, INBOUND.fullmatch(entry.name)) for entry, _late in listed(folder)]
    names = {found["assignment"] for _entry, found in entries if found}
    if not names:
        return None
    name = _name(names, assignment, folder)
    handins = []
    for entry, found in entries:
        if found is None:
            handins.append(Handin.whole(Origin(), entry))
        elif found["assignment"] == name:
            person = Person(found["student"], found["student"])
            origin = Origin((person,), time_of(found["time"]))
            handins.append(Handin.whole(origin, entry))
    return Export(handins)


def _folders(student: Tree) -> list[Tree]:
    return [entry for entry in _entries(student) if entry.is_folder] if student.is_folder else []


def _entries(folder: Tree) -> list[Tree]:
    with suppress(OSError):
        return [*folder.entries()]
    return []


def _time(work: Tree) -> datetime | None:
    for entry in _entries(work):
        if entry.name == TIMESTAMP:
            with suppress(UnreadableSubmission):
                return time_of(entry.content()[:100].decode("utf-8", "replace"))
    return None
