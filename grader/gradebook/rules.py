"""The rules of a course: due dates, lateness, which attempt counts, what is dropped."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from grader.gradebook.lateness import Clock, Deadline, Late
from grader.gradebook.names import name_key

if TYPE_CHECKING:
    from grader.gradebook.grades import Member


@dataclass(frozen=True)
class AssignmentPolicy:
    """The rules of one assignment. due: in UTC. weight: how many times it counts in the course, in
    hundredths. maximum: what full points are scaled to, in hundredths; None for as they are."""

    due: datetime | None = None
    grace: timedelta = timedelta()
    attempts: Literal["best", "last", "first"] = "best"
    late: Late = field(default_factory=Late)
    weight: int = 100
    is_extra_credit: bool = False
    maximum: int | None = None


@dataclass(frozen=True)
class Extension:
    """More time for one person, or none needed.

    person: any id, email or name. assignment: None for all. place: where it stands, for messages.
    """

    person: str
    assignment: str | None
    until: datetime | None
    days: int
    is_excused: bool
    reason: str
    place: str


@dataclass(frozen=True)
class Policy:
    """The rules of a course. rounding: what the sum is a multiple of, in hundredths of a point.
    now: until when something that is not there is not missing yet."""

    title: str = ""
    clock: Clock = field(default_factory=Clock)
    drop: int = 0
    rounding: int = 1
    defaults: AssignmentPolicy = field(default_factory=AssignmentPolicy)
    assignments: dict[str, AssignmentPolicy] = field(default_factory=dict)
    extensions: tuple[Extension, ...] = ()
    now: datetime = field(default_factory=lambda: datetime.now(timezone.utc))

    def of(self, assignment: str) -> AssignmentPolicy:
        """The rules of an assignment; the defaults, where the file does not name it."""
        return self.assignments.get(assignment, self.defaults)

    def extensions_of(self, assignment: str, member: Member) -> list[Extension]:
        """What a person was granted in an assignment."""
        if not self.extensions:
            return []
        found = {
            extension.place: extension
            for key in _keys(member)
            for extension in self._by_person.get(key, ())
            if extension.assignment in (None, assignment)
        }
        return list(found.values())

    def deadline(self, assignment: str, granted: Sequence[Extension] = ()) -> Deadline | None:
        """Until when somebody with these extensions may hand in; the latest of them counts. None:
        there is no due date."""
        key = (assignment, *(extension.place for extension in granted))
        if key not in self._deadlines:
            self._deadlines[key] = self._reckoned(self.of(assignment), granted)
        return self._deadlines[key]

    def _reckoned(self, rules: AssignmentPolicy, granted: Sequence[Extension]) -> Deadline | None:
        due, late, why = rules.due, rules.late, None
        for extension in granted:
            until = extension.until
            if extension.days and rules.due:
                until = self.clock.after(rules.due, timedelta(days=extension.days))
            if until and (due is None or until > due):
                due, why = until, extension.reason
        if due is None:
            return None
        end, cut_off = self.clock.after(due, rules.grace), late.cut_off
        if isinstance(cut_off, timedelta):
            cut_off = self.clock.after(due, cut_off)
        return Deadline(self.clock, due, end, cut_off and max(cut_off, end), late, why)

    @cached_property
    def _deadlines(self) -> dict[tuple[str, ...], Deadline | None]:
        return {}  # most people have no extension, and the same deadline

    @cached_property
    def _by_person(self) -> dict[str, list[Extension]]:
        found: dict[str, list[Extension]] = {}
        for extension in self.extensions:
            found.setdefault(_any_order(extension.person), []).append(extension)
        return found


def unmatched(policy: Policy, members: Iterable[Member]) -> list[str]:
    """A sentence for each extension that is nobody's, or that of several people."""
    people: dict[str, set[int]] = {}
    spelling: dict[str, str] = {}
    for member in members:
        for text in (*member.ids, member.email, member.name):
            people.setdefault(_any_order(text), set()).add(member.id)
            spelling.setdefault(_any_order(text), text)
    notes = []
    for extension in policy.extensions:
        found = people.get(_any_order(extension.person), set())
        if not found:
            near = difflib.get_close_matches(_any_order(extension.person), filter(None, people))
            hint = f"; near are {', '.join(spelling[key] for key in near)}" if near else ""
            notes.append(f"{extension.place}: nobody is called {extension.person!r}{hint}")
        elif len(found) > 1:
            notes.append(
                f"{extension.place}: {len(found)} people are called {extension.person!r}, and all "
                "of them have this extension; write an id or an email"
            )
    return notes


def _keys(member: Member) -> set[str]:
    """By what an extension may call a person."""
    return {_any_order(text) for text in (*member.ids, member.email, member.name) if text}


def _any_order(text: str) -> str:
    """What is the same for "Müller, Anna" and "anna_muller"; an extension is not read as another
    person's for the order of the words."""
    return " ".join(sorted(name_key(text).split()))
