"""The policy of a course, read strictly from `COURSE/course.toml`; docs/grades.md has its keys."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from math import isfinite
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from grader.course.strict_toml import Document, suggestion
from grader.errors import AssignmentError
from grader.gradebook.lateness import Clock, Late, Step, duration
from grader.gradebook.names import name_key
from grader.gradebook.rules import AssignmentPolicy, Extension, Policy

FILE = "course.toml"
CHOICES = ("best", "last", "first")
UNITS = ("day", "hour")
LONGEST = timedelta(days=3650)
YEARS = range(2000, 2200)
DATED = re.compile(r"\s*(due|until|cut_off)\s*=")
DATES = "A date and time is written without quotes and with seconds: 2026-11-20T23:59:00"


class _Course(msgspec.Struct, forbid_unknown_fields=True):
    """The table [course]."""

    title: str = ""
    timezone: str = ""
    drop: int = 0
    rounding: float = 0.01


class _Rules(msgspec.Struct, forbid_unknown_fields=True):
    """[defaults], or a table of [assignment]; None is not said."""

    due: Any = None
    grace: str | None = None
    attempts: str | None = None
    late: dict[str, Any] | None = None
    weight: float | None = None
    extra_credit: bool | None = None
    max: float | None = None


class _Step(msgspec.Struct, forbid_unknown_fields=True):
    """An entry of `steps`."""

    after: str
    percent: float = 0
    points: float = 0


class _Late(msgspec.Struct, forbid_unknown_fields=True):
    """A table `late`."""

    per: str | None = None
    percent: float = 0
    points: float = 0
    steps: list[_Step] = []
    floor: float = 0
    cut_off: Any = None


class _Extension(msgspec.Struct, forbid_unknown_fields=True):
    """An entry of [[extension]]."""

    person: str
    assignment: str | None = None
    until: Any = None
    days: int = 0
    excused: bool = False
    reason: str = ""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """All of course.toml."""

    course: _Course = msgspec.field(default_factory=_Course)
    defaults: dict[str, Any] = {}
    assignment: dict[str, dict[str, Any]] = {}
    extension: list[_Extension] = []


def load_policy(course: Path, assignments: Iterable[str]) -> Policy:
    """The policy of a course with these assignments; the defaults where it has no course.toml.

    Raises AssignmentError, with file, line and key, for whatever does not fit.
    """
    path = course / FILE
    if not path.exists():
        return Policy()
    try:
        document = Document(path)
    except AssignmentError as error:
        line = re.search(r"is not TOML: .*line (\d+)", str(error))
        if line is None or not DATED.match(path.read_text("utf-8").split("\n")[int(line[1]) - 1]):
            raise
        raise AssignmentError(f"{error}. {DATES}") from None
    return _Reader(document, sorted(assignments)).policy()


class _Reader:
    """Turns a document into a policy."""

    def __init__(self, document: Document, assignments: list[str]) -> None:
        self.document = document
        self.known = assignments
        self.clock = Clock()

    def policy(self) -> Policy:
        file = self.document.convert(_File)
        head = file.course
        self.clock = self._clock(head.timezone)
        if head.drop < 0:
            raise self.document.error("is below 0", "course", "drop")
        rounding = self._amount(head.rounding, 0.01, 1000, "course", "rounding")
        defaults = AssignmentPolicy(**self._rules("defaults")) if file.defaults else None
        defaults = defaults or AssignmentPolicy()
        own = {}
        for name in file.assignment:
            self._check_assignment(name, "assignment", name)
            own[name] = replace(defaults, **self._rules("assignment", name))
        policy = Policy(head.title, self.clock, head.drop, rounding, defaults, own)
        extensions = [self._extension(n, one, policy) for n, one in enumerate(file.extension)]
        return replace(policy, extensions=tuple(extensions))

    def _clock(self, name: str) -> Clock:
        if not name:
            return Clock()
        zones = available_timezones()
        if name not in zones:
            hint = (
                suggestion(name, zones)
                if difflib.get_close_matches(name, zones, 1)
                else "write one such as 'Europe/Berlin' or 'UTC'"
            )
            if not zones:
                hint = "this machine knows none: install the package tzdata"
            raise self.document.error(f"there is no such time zone; {hint}", "course", "timezone")
        return Clock(ZoneInfo(name))

    def _rules(self, *where: str) -> dict[str, Any]:
        """What a table of rules says, as fields of an AssignmentPolicy."""
        table = self.document.convert(_Rules, *where)
        found = {
            "due": self._moment(table.due, *where, "due"),
            "grace": self._duration(table.grace, *where, "grace"),
            "attempts": self._one_of(table.attempts, CHOICES, *where, "attempts"),
            "late": None if table.late is None else self._late(*where, "late"),
            "weight": self._amount(table.weight, 0, 1000, *where, "weight"),
            "is_extra_credit": table.extra_credit,
            "maximum": self._amount(table.max, 0.01, 100_000, *where, "max"),
        }
        return {name: value for name, value in found.items() if value is not None}

    def _late(self, *where: str) -> Late:
        table = self.document.convert(_Late, *where)
        per = self._one_of(table.per, UNITS, *where, "per")
        percent, points = self._rate(table, *where)
        if per and table.steps:
            raise self.document.error("has `per` and `steps`; one of them is enough", *where)
        if per and not (percent or points):
            raise self.document.error("says `per`, but neither `percent` nor `points`", *where)
        if not per and (percent or points):
            raise self.document.error(
                "has to say per = 'day' or per = 'hour'; what is taken once is a step: "
                "steps = [{ after = '0 min', percent = 20 }]",
                *where,
            )
        if isinstance(table.cut_off, str):
            cut_off = self._duration(table.cut_off, *where, "cut_off")
        else:
            cut_off = self._moment(table.cut_off, *where, "cut_off")
        floor = self._amount(table.floor, 0, 100, *where, "floor")
        return Late(per, percent, points, self._steps(table, *where), floor, cut_off)

    def _steps(self, table: _Late, *where: str) -> tuple[Step, ...]:
        steps: list[Step] = []
        for number, entry in enumerate(table.steps):
            place: tuple[str | int, ...] = (*where, "steps", number)
            after = self._duration(entry.after, *place, "after")
            step = Step(after, *self._rate(entry, *place))
            if steps and step.after <= steps[-1].after:
                raise self.document.error("is not later than the step before", *place, "after")
            if steps and (step.percent < steps[-1].percent or step.points < steps[-1].points):
                raise self.document.error("costs less than the step before", *place)
            steps.append(step)
        return tuple(steps)

    def _rate(self, table: _Late | _Step, *where: str | int) -> tuple[int, int]:
        """Percent and points of a table that has one of them."""
        if table.percent and table.points:
            raise self.document.error("has `percent` and `points`; give one of them", *where)
        return (
            self._amount(table.percent, 0, 100, *where, "percent"),
            self._amount(table.points, 0, 100_000, *where, "points"),
        )

    def _extension(self, number: int, entry: _Extension, policy: Policy) -> Extension:
        where = ("extension", number)
        until = self._moment(entry.until, *where, "until")
        if not name_key(entry.person):
            raise self.document.error("names nobody", *where, "person")
        if [until is not None, entry.days != 0, entry.excused].count(True) != 1:
            raise self.document.error(
                "gives one of `until`, `days` and `excused = true`, not none and not two", *where
            )
        if not 0 <= entry.days <= LONGEST.days:
            raise self.document.error(f"is not between 0 and {LONGEST.days}", *where, "days")
        if entry.assignment is None and not entry.days:
            raise self.document.error("the key 'assignment' is missing", *where)
        if entry.assignment is not None:
            self._check_assignment(entry.assignment, *where, "assignment")
            if entry.days and policy.of(entry.assignment).due is None:
                raise self.document.error(
                    f"{entry.assignment} has no due date; give `until`", *where, "days"
                )
        place = str(self.document.error("", *where, "person")).removesuffix(": ")
        reason = " ".join(entry.reason.split())
        return Extension(
            entry.person, entry.assignment, until, entry.days, entry.excused, reason, place
        )

    def _check_assignment(self, name: str, *where: str | int) -> None:
        if name not in self.known:
            near = suggestion(name, self.known)
            raise self.document.error(f"there is no assignment {name!r}; {near}", *where)

    def _one_of(self, value: str | None, known: tuple[str, ...], *where: str) -> Any:
        if value is not None and value not in known:
            raise self.document.error(f"cannot be {value!r}; {suggestion(value, known)}", *where)
        return value

    def _amount(self, value: float | None, least: float, most: float, *where: str | int) -> Any:
        """A number in hundredths; None stays None."""
        if value is None:
            return None
        if not isfinite(value) or not least <= value <= most:
            raise self.document.error(f"is not between {least:g} and {most:g}", *where)
        return round(100 * value)

    def _duration(self, text: str | None, *where: str | int) -> Any:
        if text is None:
            return None
        found = duration(text)
        if found is None:
            raise self.document.error(
                f"{text!r} is no time; write '15 min', '36 hours' or '2 days'", *where
            )
        if found > LONGEST:
            raise self.document.error(f"is longer than {LONGEST.days} days", *where)
        return found

    def _moment(self, value: Any, *where: str | int) -> datetime | None:
        """A date and time of TOML in UTC; a date alone is the end of that day."""
        if value is None:
            return None
        if isinstance(value, date) and value.year not in YEARS:  # every datetime is a date, too
            raise self.document.error(
                f"is not between the years {YEARS[0]} and {YEARS[-1]}", *where
            )
        if isinstance(value, datetime):
            return self.clock.moment(value)
        if isinstance(value, date):
            return self.clock.moment(datetime.combine(value, time(23, 59, 59)))
        raise self.document.error(f"is no date. {DATES}", *where)
