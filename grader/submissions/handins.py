"""What an export of a learning platform says of one submission, before it is unpacked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import PurePath

from grader.sandbox.inside.protocol import well_formed
from grader.submissions.files import kind_of
from grader.submissions.trees import Tree
from grader.submissions.uploads import Origin

WHOLE = PurePath()
NAMED = 8  # entries that a message names

# Folders of a class in which those lie that came late, or not; and what lies there and is nobody's.
LATE = re.compile(r"(^|[\W_])(late|on[ _-]?time|resubmissions?|迟交|补交|按时)($|[\W_])", re.I)
IN_TIME = re.compile(r"on[ _-]?time|按时", re.I)
RESUBMITTED = re.compile(r"resubmission|补交", re.I)
LISTS = (".yml", ".yaml", ".csv", ".tsv", ".xlsx", ".md", ".json", ".toml", ".ini", ".log")
README = re.compile(r"(readme|instructions?|moodle|license)\b", re.IGNORECASE)

# Names that platforms give to what a person handed in, whatever that is called.
GIVEN = re.compile(
    r"_assign(submission|feedback)_|(_\d{3,}){2}_|_\d{3,}_(text|link)\.|_attempt_\d{4}-\d\d-\d\d",
    re.IGNORECASE,
)

TIME = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[ T_-](?P<time>\d\d[:-]\d\d[:-]\d\d)(?P<fraction>\.\d+)?"
    r"\s*(?P<zone>[A-Za-z]{1,5}|[+-]\d\d:?\d\d)?"
)
UTC = ("Z", "UTC", "GMT")


@dataclass(frozen=True)
class Handin:
    """One submission in an export: its files by what they were called when they were handed in. One
    that is called nothing is the submission itself, a file, a folder or a zip."""

    origin: Origin
    files: tuple[tuple[PurePath, Tree], ...]

    @classmethod
    def whole(cls, origin: Origin, tree: Tree) -> Handin:
        """What lies in one place."""
        return cls(origin, ((WHOLE, tree),))

    @classmethod
    def of_files(cls, origin: Origin, named: Iterable[tuple[str, Tree]]) -> Handin:
        """Several files among those of others; each keeps the name in the export where two would
        have the same, or none."""
        named = list(named)
        count = Counter(name for name, _tree in named)
        return cls(
            origin,
            tuple(
                (PurePath(name if name and count[name] == 1 else tree.name), tree)
                for name, tree in named
            ),
        )


@dataclass
class Export:
    """What a reader has found. notes: what it could not."""

    handins: list[Handin]
    notes: list[str] = field(default_factory=list)


def listed(folder: Tree) -> list[tuple[Tree, bool | None]]:
    """What is in the folder of a class, but for lists and read-me files, and whether it is late, if
    it lies in a folder that says so."""
    found: list[tuple[Tree, bool | None]] = []
    for entry in folder.entries():
        if entry.is_folder and says_late(entry.name):
            is_late = lateness(entry.name)
            found += [(inner, is_late) for inner, _late in listed(entry)]
        elif entry.is_folder or not is_list(entry.name):
            found.append((entry, None))
    return found


def says_late(name: str) -> bool:
    """Whether a folder of this name holds those that came late, or those that did not."""
    return LATE.search(name) is not None and GIVEN.search(name) is None


def lateness(name: str) -> bool | None:
    """What the name of such a folder says."""
    if IN_TIME.search(name):
        return False
    return None if RESUBMITTED.search(name) else True


def is_list(name: str) -> bool:
    """Whether a file of a class is a list or a read-me file, and nobody's."""
    if kind_of(name) or GIVEN.search(name):
        return False
    return name.lower().endswith(LISTS) or README.match(name) is not None


def listing(folder: Tree) -> str:
    """What is in a folder, for a message."""
    found = [well_formed(entry.name) + "/" * entry.is_folder for entry in folder.entries()]
    return ", ".join(found[:NAMED]) + (", …" if len(found) > NAMED else "") or "nothing"


def shared_start(names: Iterable[str], separator: str) -> str:
    """The words with which all names begin, each with the separator after it; the last word of a
    name is never among them."""
    words = zip(*(name.split(separator)[:-1] for name in names))
    same = takewhile(lambda each: len({*each}) == 1, words)
    return "".join(each[0] + separator for each in same)


def time_of(text: str) -> datetime | None:
    """The time in a text such as "2026-11-20 10:00:00.000 UTC". Where it has no zone that is
    the same everywhere, it is of this machine's: the best guess at where the course is."""
    found = TIME.search(text)
    if found is None:
        return None
    zone = found["zone"] or ""
    text = f"{found['day']} {found['time'].replace('-', ':')}"
    if zone.upper() in UTC:
        zone = "+00:00"
    elif zone[:1] in ("+", "-"):
        zone = f"{zone[:3]}:{zone[-2:]}"
    else:
        zone = ""
    try:
        time = datetime.fromisoformat(text + zone)
        time += timedelta(seconds=float(found["fraction"] or 0))
        return time if zone else time.astimezone()
    except (ValueError, OverflowError):
        return None
