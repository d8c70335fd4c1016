"""Small courses, people and attempts for the tests of grades."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

from grader.gradebook.grades import Adjustment, Attempt, Member
from grader.gradebook.policy import load_policy
from grader.gradebook.rules import Policy
from grader.grading.scoring import Grade, StubGrade

ASSIGNMENTS = ("mlp", "softmax")
ADA = Member(1, "Ada Müller", "ada@example.org", ("4711", "ada"), "", True)
KIM = Member(2, "Lee, Kim", "kim@example.org", ("4712",), "", True)
DUE = datetime(2026, 11, 20, 22, 59, tzinfo=timezone.utc)  # 23:59 in Berlin
NOW = datetime(2026, 12, 24, tzinfo=timezone.utc)
BERLIN = '[course]\ntimezone = "Europe/Berlin"\n'
DUE_AT_23_59 = BERLIN + "[assignment.softmax]\ndue = 2026-11-20T23:59:00\n"


def read(folder: Path, text: str) -> Policy:
    """The policy that a course.toml says."""
    (folder / "course.toml").write_text(text, "utf-8")
    return load_policy(folder, ASSIGNMENTS)


def attempt(points: float, late: timedelta | None = None, number: int = 1, **changes) -> Attempt:
    """One of so many points of 100; softmax has 10 of them. late: after DUE; None: no time."""
    softmax = min(points, 10.0)
    stubs = [
        StubGrade("softmax", softmax, 10.0, "passed"),
        StubGrade("net", points - softmax, 90.0, "passed"),
    ]
    fields = {
        "id": number,
        "number": number,
        "time": None if late is None else DUE + late,
        "is_late": None,
        "status": "graded",
        "grade": Grade(points, 100.0, stubs),
    }
    return Attempt(**{**fields, **changes})


def adjustment(
    points: float, stub: str | None = None, id: int = 1, comment: str = ""
) -> Adjustment:
    return Adjustment(id, stub, points, comment, "another convention", "Kim", NOW)
