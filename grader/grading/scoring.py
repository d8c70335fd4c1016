"""From a record to a grade: points per stub and their sum."""

from __future__ import annotations

import msgspec

from grader.checking.results import CheckResult
from grader.course.assignment import Assignment, Stub
from grader.grading.records import Record

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
    """Each stub earns the weighted share of its checks that passed, rounded to 0.01 points; all
    or nothing where a required check failed."""
    by_stub: dict[str, list[CheckResult]] = {stub.name: [] for stub in assignment.stubs}
    for check in record.checks:
        by_stub[check.stub].append(check)
    stubs = [_grade_stub(stub, by_stub[stub.name]) for stub in assignment.stubs]
    return Grade(round(sum(stub.points for stub in stubs), 2), assignment.max_score, stubs)


def points_of_checks(result: Result) -> list[tuple[CheckResult, float, float]]:
    """(check, its points, its maximum) in the order of the record. They add up to the points of
    the stubs but for rounding; a stub that a required check has cost everything gives none."""
    checks = result.record.checks
    stubs = {stub.name: stub for stub in result.grade.stubs}
    weights = dict.fromkeys(stubs, 0.0)
    for check in checks:
        weights[check.stub] += check.weight
    shares = []
    for check in checks:
        stub = stubs[check.stub]
        share = stub.max_points * check.weight / weights[check.stub] if check.weight else 0.0
        earned = share if check.outcome == "passed" and stub.points else 0.0
        shares.append((check, round(earned, 4), round(share, 4)))
    return shares


def _grade_stub(stub: Stub, checks: list[CheckResult]) -> StubGrade:
    total = sum(check.weight for check in checks)
    earned = sum(check.weight for check in checks if check.outcome == "passed")
    if any(check.required and check.outcome != "passed" for check in checks):
        earned = 0.0
    outcomes = {check.outcome for check in checks}
    status = next((outcome for outcome in ORDER if outcome in outcomes), "passed")
    if not checks:
        status = "missing"
    points = round(stub.points * earned / total, 2) if total else 0.0
    return StubGrade(stub.name, points, stub.points, "failed" if status == "skipped" else status)
