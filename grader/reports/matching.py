"""Who of the gradebook is who in a list of a learning platform."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.gradebook.grades import Member


@dataclass(frozen=True)
class Entry:
    """A line of the list. ids: all that may be a number or a login of the person."""

    line: int
    name: str
    email: str
    ids: tuple[str, ...]

    @property
    def label(self) -> str:
        """What the line is called where it is spoken of."""
        return self.name or self.email or next(filter(None, self.ids), f"line {self.line + 1}")


@dataclass(frozen=True)
class Matched:
    """members: by the line where they stand. notes: who stands on one side only, and who may be
    several people; sentences for the instructor."""

    members: dict[int, Member]
    notes: list[str]


def match(members: Sequence[Member], entries: Sequence[Entry]) -> Matched:
    """Find people by what platforms call them or by email, and who is left by a name that nobody
    else has. A name says nothing where both sides know an email and the two differ."""
    found, unclear = _by_keys(members, entries)
    taken = {member.id for member in found.values()}
    free = [member for member in members if member.id not in taken]
    left = [entry for entry in entries if entry.line not in {*found, *unclear}]
    found |= _by_name(free, left)
    taken = {member.id for member in found.values()}
    several = [entry.label for entry in entries if entry.line in unclear]
    missing = [entry.label for entry in left if entry.line not in found]
    known = labels(members)
    absent = [known[member.id] for member in members if member.id not in taken]
    notes = [
        *_note("in the file, and several people of the gradebook could be meant", several),
        *_note("in the file, and not in the gradebook", missing),
        *_note("in the gradebook, and not in the file", absent),
    ]
    return Matched(found, notes)


def labels(members: Iterable[Member]) -> dict[int, str]:
    """What people are called where they are spoken of, by their ids in the gradebook: by name, of
    several of one name with what tells them apart."""
    members = list(members)
    count = Counter(member.name for member in members)
    found = {}
    for member in members:
        other = next(filter(None, (*member.ids, member.email)), "")
        is_clear = count[member.name] == 1 or not other
        name = member.name or other
        found[member.id] = name if is_clear else f"{name} ({other})"
    return found


def _note(what: str, names: Sequence[str]) -> list[str]:
    return [f"{len(names)} {what}: {'; '.join(sorted(names))}"] if names else []


def _by_keys(
    members: Iterable[Member], entries: Iterable[Entry]
) -> tuple[dict[int, Member], set[int]]:
    """The members by line, and the lines that say several people, or one that another line says."""
    known: dict[str, dict[int, Member]] = defaultdict(dict)
    for member in members:
        for key in _keys((*member.ids, member.email)):
            known[key][member.id] = member
    candidates: dict[int, dict[int, Member]] = {}
    for entry in entries:
        keys = _keys((*entry.ids, entry.email))
        candidates[entry.line] = {id: each for key in keys for id, each in known[key].items()}
    claims = Counter(id for each in candidates.values() if len(each) == 1 for id in each)
    found, unclear = {}, set()
    for line, each in candidates.items():
        if len(each) == 1 and claims[next(iter(each))] == 1:
            (found[line],) = each.values()
        elif each:
            unclear.add(line)
    return found, unclear


def _by_name(members: Sequence[Member], entries: Sequence[Entry]) -> dict[int, Member]:
    by_name = {_plain(member.name): member for member in members}
    here = Counter(_plain(member.name) for member in members)
    there = Counter(_plain(entry.name) for entry in entries)
    return {
        entry.line: by_name[name]
        for entry in entries
        for name in [_plain(entry.name)]
        if name and here[name] == there[name] == 1
        if not _differ(entry.email, by_name[name].email)
    }


def _differ(one: str, other: str) -> bool:
    return bool(one and other and one.casefold() != other.casefold())


def _keys(texts: Iterable[str]) -> set[str]:
    """Ids and addresses as they are compared: spreadsheets take away zeros in front of numbers."""
    return {text.strip().casefold().lstrip("0") for text in texts} - {""}


def _plain(name: str) -> str:
    """A name as it is compared: "Meyer,  Anna" is "anna meyer"."""
    last, comma, first = name.partition(",")
    words = f"{first} {last}" if comma else name
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())
