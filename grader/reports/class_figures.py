"""Figures of a class: each is computed here, and shown by a terminal, by Markdown, by a page and by
a spreadsheet. People are numbers: their places in the results that were given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import correlation, mean, median

from grader.checking.results import CheckResult
from grader.grading.answers import groups
from grader.grading.records import Record
from grader.grading.scoring import Result, StubGrade, points_of_checks

FEWEST = 5  # people of whom a correlation is told
PARTS = 10  # of a distribution


@dataclass(frozen=True)
class Points:
    """What is said of the points of several people, who are `count`."""

    count: int
    mean: float
    median: float
    lowest: float
    highest: float


@dataclass(frozen=True)
class StubFigures:
    """How a stub went.

    mean: points on average. full, missing: how many have all its points, have not written it; out
    of `of`. lost: who has not all of them. discrimination: as the function of this name says, of
    having all of its points.
    """

    name: str
    max_points: float
    mean: float
    full: int
    missing: int
    of: int
    lost: list[int]
    discrimination: float | None


@dataclass(frozen=True)
class CheckFigures:
    """How a check went. sample: one result of it. passed: how many of the `of` that met it."""

    sample: CheckResult
    passed: int
    of: int
    discrimination: float | None


@dataclass(frozen=True)
class Mistake:
    """A known mistake in a stub, the sentence that students read, and who made it."""

    stub: str
    name: str
    sentence: str
    people: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """Equal wrong values in a stub that no known mistake explains, and who gave them.

    sample: the record of one of them. check: the first of its checks that failed.
    """

    stub: str
    sample: Record
    check: CheckResult
    people: list[int]


@dataclass(frozen=True)
class Times:
    """Seconds that grading took. slowest: whose submission took longest."""

    median: float
    longest: float
    slowest: int


def points(values: Sequence[float]) -> Points | None:
    """None where there are no values."""
    if not values:
        return None
    return Points(len(values), mean(values), median(values), min(values), max(values))


def distribution(values: Iterable[float], maximum: float) -> list[int]:
    """How many values lie in each of PARTS equal parts between 0 and the maximum. A value between
    two parts counts in the upper one, the maximum and what is above it in the last."""
    most = round(maximum * 100) or 1  # whole hundredths: a limit is met exactly
    counts = [0] * PARTS
    for value in values:
        counts[min(max(0, round(value * 100)) * PARTS // most, PARTS - 1)] += 1
    return counts


def discrimination(passed: Sequence[bool], rest: Sequence[float]) -> float | None:
    """How well an item tells strong from weak: the point-biserial correlation of passing it with
    the score without its own points, from -1 to 1.

    (Henrysson, "Correction of item-total correlations in item analysis", Psychometrika 28, 1963;
    Ebel, "Essentials of Educational Measurement", takes 0.4 and more for very good, and less than
    0.2 for a reason to revise the item.)

    None where there are fewer than FEWEST people, all or none of them passed, or all have the same
    rest.
    """
    if len(passed) < FEWEST or len(set(passed)) < 2 or len(set(rest)) < 2:
        return None
    return correlation([float(each) for each in passed], rest)


def stubs(results: Sequence[Result]) -> list[StubFigures]:
    """The stubs of these graded results, in the order of the assignment."""
    by_name: dict[str, list[tuple[int, StubGrade]]] = defaultdict(list)
    for person, result in enumerate(results):
        for stub in result.grade.stubs:
            by_name[stub.name].append((person, stub))
    return [_stub(results, found) for found in by_name.values()]


def _stub(results: Sequence[Result], found: Sequence[tuple[int, StubGrade]]) -> StubFigures:
    first = found[0][1]
    full = [stub.points == stub.max_points for _person, stub in found]
    rest = [_without(results[person], stub.points) for person, stub in found]
    return StubFigures(
        first.name,
        first.max_points,
        mean(stub.points for _person, stub in found),
        sum(full),
        sum(stub.status == "missing" for _person, stub in found),
        len(found),
        [person for (person, _stub), is_full in zip(found, full) if not is_full],
        discrimination(full, rest),
    )


def checks(results: Iterable[Result]) -> list[CheckFigures]:
    """The checks that these graded results met, in the order of the suite. The rest of the score is
    that without the points of the check; without those of its stub for a gate, which takes them."""
    samples: dict[str, CheckResult] = {}
    passed: dict[str, list[bool]] = defaultdict(list)
    rest: dict[str, list[float]] = defaultdict(list)
    for result in results:
        of_stub = {stub.name: stub.points for stub in result.grade.stubs}
        for check, earned, _most in points_of_checks(result):
            samples.setdefault(check.name, check)
            if check.outcome != "skipped":
                passed[check.name].append(check.outcome == "passed")
                own = of_stub[check.stub] if check.gate else earned
                rest[check.name].append(_without(result, own))
    return [
        CheckFigures(
            sample,
            sum(passed[name]),
            len(passed[name]),
            discrimination(passed[name], rest[name]),
        )
        for name, sample in samples.items()
    ]


def _without(result: Result, points: float) -> float:
    """The score without some points; rounded, for equal rests are equal numbers."""
    return round(result.grade.score - points, 2)


def mistakes(results: Iterable[Result]) -> list[Mistake]:
    """The known mistakes in these graded results, the most frequent first."""
    found: dict[tuple[str, str], Mistake] = {}
    for person, result in enumerate(results):
        for check in result.record.checks:
            if check.misconception:
                key = (check.stub, check.misconception)
                known = found.setdefault(key, Mistake(*key, check.message.split("\n")[0]))
                if person not in known.people[-1:]:
                    known.people.append(person)
    return sorted(found.values(), key=lambda one: (-len(one.people), one.stub, one.name))


def answers(results: Sequence[Result]) -> list[Answer]:
    """The equal wrong answers in these graded results, the most frequent first."""
    numbers = by_record(result.record for result in results)
    return [
        Answer(
            group.stub,
            group.submissions[0].record,
            group.checks[0],
            sorted({n for result in group.submissions for n in numbers[id(result.record)]}),
        )
        for group in groups(results)
    ]


def by_record(records: Iterable[Record | None]) -> dict[int, list[int]]:
    """Whose each record is, by the id of the object: who handed in together share one."""
    found: dict[int, list[int]] = defaultdict(list)
    for person, record in enumerate(records):
        if record is not None:
            found[id(record)].append(person)
    return found


def lost_stubs(result: Result) -> list[str]:
    """The stubs that do not have all of their points."""
    return [stub.name for stub in result.grade.stubs if stub.points < stub.max_points]


def times(results: Sequence[Result]) -> Times | None:
    """None where there are no results."""
    if not results:
        return None
    seconds = [result.record.seconds for result in results]
    longest = max(seconds)
    return Times(median(seconds), longest, seconds.index(longest))
