"""From a record to a grade: points of checks and stubs, and their sum."""

from __future__ import annotations

import msgspec

from grader.checking.results import CheckResult
from grader.course.assignment import Assignment, Stub
from grader.grading.records import Record

HUNDREDTHS = 100  # of a point: what a share is rounded to

# The status of a stub is the most telling outcome among its checks.
ORDER = ("missing", "timeout", "error", "failed", "skipped")


class StubGrade(msgspec.Struct, frozen=True):
    """Points of one stub. status: passed, failed, missing, timeout or error."""

    name: str
    points: float
    max_points: float
    status: str


class Grade(msgspec.Struct, frozen=True):
    """The score of one record: points, of max_score."""

    score: float
    max_score: float
    stubs: list[StubGrade]


class Result(msgspec.Struct, frozen=True):
    """A record and the grade computed from it."""

    record: Record
    grade: Grade


def score(record: Record, assignment: Assignment) -> Grade:
    """Each stub earns the shares of its checks that passed, or nothing where a gate failed. What a
    record holds of a stub that the assignment has no more earns nothing."""
    by_stub: dict[str, list[CheckResult]] = {stub.name: [] for stub in assignment.stubs}
    for check in record.checks:
        by_stub.setdefault(check.stub, []).append(check)
    stubs = [_grade_stub(stub, by_stub[stub.name]) for stub in assignment.stubs]
    return Grade(round(sum(stub.points for stub in stubs), 2), assignment.max_score, stubs)


def points_of_checks(result: Result) -> list[tuple[CheckResult, float, float]]:
    """(check, its points, its maximum) in the order of the record. They add up to the points of
    the stubs and to the score; a gate has none, and a stub that one has cost everything gives none.
    """
    found = {}
    for stub in result.grade.stubs:
        own = [check for check in result.record.checks if check.stub == stub.name]
        for check, share in zip(own, _shares(stub.max_points, own)):
            earns = check.outcome == "passed" and stub.points
            found[check.name] = (check, share if earns else 0.0, share)
    return [found[check.name] for check in result.record.checks if check.name in found]


def _grade_stub(stub: Stub, checks: list[CheckResult]) -> StubGrade:
    shares = zip(checks, _shares(stub.points, checks))
    points = round(sum(share for check, share in shares if check.outcome == "passed"), 2)
    if any(check.gate and check.outcome != "passed" for check in checks):
        points = 0.0
    outcomes = {check.outcome for check in checks}
    status = next((outcome for outcome in ORDER if outcome in outcomes), "passed")
    if not checks:
        status = "missing"
    return StubGrade(stub.name, points, stub.points, "failed" if status == "skipped" else status)


def _shares(points: float, checks: list[CheckResult]) -> list[float]:
    """The points of each check by its weight, in hundredths that add up to all of them: where that
    does not come out even, the largest remainders are rounded up (Hamilton's method), the first of
    equal ones first."""
    weights = [0.0 if check.gate else check.weight for check in checks]
    if not any(weights):
        return [0.0] * len(checks)
    exact = [points * HUNDREDTHS * weight / sum(weights) for weight in weights]
    whole = [int(share) for share in exact]
    left = round(points * HUNDREDTHS) - sum(whole)
    # Rounded, so that equal shares are equal remainders whatever the last bit of a float says.
    order = sorted(range(len(checks)), key=lambda n: round(whole[n] - exact[n], 6))
    for number in order[:left]:
        whole[number] += 1
    return [share / HUNDREDTHS for share in whole]
