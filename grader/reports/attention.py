"""What a person should look at after a run, by the reason. Told from records and grades alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from grader.checking.results import CheckResult
from grader.grading.records import Record
from grader.grading.scoring import Result
from grader.reports.text import one_line

HALF = 0.5
MOST_NAMES = 4


@dataclass(frozen=True)
class Case:
    """A submission, or those that are the same; in which stubs; what else is known of it."""

    records: list[Record]
    stubs: list[str] = field(default_factory=list)
    detail: str = ""

    @property
    def people(self) -> list[str]:
        """Whose the submissions are."""
        return [who(record) for record in self.records]

    def text(self, most: int | None = None) -> str:
        """The people, at most so many of them by name, and the stubs."""
        more = len(self.people) - len(self.people[:most])
        names = " = ".join(self.people[:most]) + (f" = {more} more" if more else "")
        return f"{names} ({', '.join(self.stubs)})" if self.stubs else names


@dataclass(frozen=True)
class Concern:
    """A reason to look, what it means, and all whom it is about."""

    reason: str
    meaning: str
    cases: list[Case]

    def line(self, place: str) -> str:
        """On one line: a few names, then a count; `place` is the file where all stand."""
        names = ", ".join(case.text(MOST_NAMES) for case in self.cases[:MOST_NAMES])
        more = len(self.cases) - MOST_NAMES
        rest = f" and {more} more{f' (all: {place})' if place else ''}" if more > 0 else ""
        return f"{self.reason}: {names}{rest}"


def concerns(results: Sequence[Result]) -> list[Concern]:
    """All reasons to look at these submissions of one assignment, the most urgent first."""
    results = sorted(results, key=lambda result: by_name(who(result.record)))
    found = [
        Concern(
            "infrastructure error",
            "The machine or the grader failed, and costs them nothing: the next run tries again.",
            _with_status(results, "infrastructure_error"),
        ),
        Concern("unreadable", "Nothing could be graded.", _with_status(results, "unreadable")),
        Concern(
            "not attempted",
            "It is the template as it was given out; perhaps the wrong file was handed in.",
            _with_status(results, "not_attempted"),
        ),
        Concern("no answer in time", "An endless loop, or slow code.", _slow(results)),
        Concern(
            "the same code",
            "Equal but for white space and comments, under different names. Of short programs many "
            "are equal by chance.",
            _same(results),
        ),
        Concern(
            "public checks pass, hidden ones do not",
            "All public checks of a stub pass, less than half of its hidden ones do, and no known "
            "mistake explains it: code for the examples alone, or a mistake without a name.",
            _far(results, public=1.0),
        ),
        Concern(
            "hidden checks pass, public ones do not",
            "No public check of a stub passes, but more than half of its hidden ones do: perhaps a "
            "public check is too strict.",
            _far(results, public=0.0),
        ),
        Concern(
            "late, without a time",
            "The platform marks it as late and does not say when it came.",
            _untimed(results),
        ),
        Concern("nobody's", "The export does not say who handed it in.", _nobodys(results)),
    ]
    return [concern for concern in found if concern.cases]


def who(record: Record) -> str:
    """Whose submission it is, as people read it: their names, else what it is called."""
    names = [person.name or person.email or person.id for person in record.origin.people]
    attempt = f" (attempt {record.origin.attempt})" if record.origin.attempt > 1 else ""
    return one_line((", ".join(names) or record.submission) + attempt)


def by_name(name: str) -> tuple[str, str]:
    """The order of names in a list: capitals and accents make no difference."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in letters if not unicodedata.combining(c)), name


def _with_status(results: Iterable[Result], status: str) -> list[Case]:
    records = [result.record for result in results if result.record.status == status]
    first = status == "not_attempted"  # whose first note is the same for all
    return [
        Case([record], detail=one_line("; ".join(record.warnings[first : first + 1])))
        for record in records
    ]


def _slow(results: Iterable[Result]) -> list[Case]:
    found = []
    for result in results:
        stubs = [check.stub for check in result.record.checks if check.outcome == "timeout"]
        if stubs:
            found.append(Case([result.record], list(dict.fromkeys(stubs))))
    return found


def _same(results: Iterable[Result]) -> list[Case]:
    """Groups of equal programs of different people; what is equal for all is no copy: the template
    as it was given out is not graded."""
    groups: dict[str, list[Record]] = {}
    for record in (result.record for result in results if result.record.status == "graded"):
        digest = record.digests.get("code") or record.digests.get("submission")
        if digest:
            groups.setdefault(digest, []).append(record)
    return [
        Case(_each_once(group))
        for group in groups.values()
        if any(_people(one).isdisjoint(_people(other)) for one, other in combinations(group, 2))
    ]


def _each_once(records: Iterable[Record]) -> list[Record]:
    """Of several attempts of the same people the first."""
    firsts = {frozenset(_people(record)): record for record in reversed([*records])}
    return sorted(firsts.values(), key=lambda record: by_name(who(record)))


def _people(record: Record) -> set[object]:
    return {*(record.origin.people or [record.path])}


def _far(results: Iterable[Result], public: float) -> list[Case]:
    """Those with stubs of whose public checks this share passes, and whose hidden ones say the
    opposite. With 1 it may be code that fits the examples only, with 0 a public check that is too
    strict. Nothing that a known mistake or a time-out explains."""
    found = []
    for result in results:
        stubs = [
            stub.name
            for stub in result.grade.stubs
            if _is_far([c for c in result.record.checks if c.stub == stub.name], public)
        ]
        if stubs:
            found.append(Case([result.record], stubs))
    return found


def _is_far(checks: Sequence[CheckResult], public: float) -> bool:
    if any(check.misconception or check.outcome == "timeout" for check in checks):
        return False
    visible = _share([check for check in checks if check.visibility == "visible"])
    hidden = _share([check for check in checks if check.visibility != "visible"])
    if visible is None or hidden is None or visible != public:
        return False
    return hidden < HALF if public else hidden > HALF


def _share(checks: Sequence[CheckResult]) -> float | None:
    """The share of the points of these checks that was earned; None where they have none."""
    met = [check for check in checks if check.outcome != "skipped"]
    weight = sum(check.weight for check in met if not check.gate)
    if not weight:
        return None
    if any(check.gate and check.outcome != "passed" for check in met):
        return 0.0
    return sum(c.weight for c in met if c.outcome == "passed" and not c.gate) / weight


def _untimed(results: Iterable[Result]) -> list[Case]:
    origins = ((result.record, result.record.origin) for result in results)
    return [Case([record]) for record, origin in origins if origin.is_late and not origin.time]


def _nobodys(results: Iterable[Result]) -> list[Case]:
    origins = ((result.record, result.record.origin) for result in results)
    return [
        Case([record], detail=one_line(record.path))
        for record, origin in origins
        if origin.reader and not origin.people
    ]
