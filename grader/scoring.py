"""From a record to a grade: points per stub and their sum."""

from __future__ import annotations

import msgspec

from grader.assignment import Assignment, Stub
from grader.records import CheckResult, Record

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
