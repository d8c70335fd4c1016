"""Grades from records: which attempt counts, what lateness costs, what was changed by hand, and the
sum of a course. Each grade explains itself line by line, and nothing is executed for it.

Points are reckoned in whole hundredths, so lines add up exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from grader.grading.records import Status
from grader.grading.scoring import Grade

GradeStatus = Literal[
    "graded",
    "not_attempted",
    "unreadable",
    "infrastructure_error",  # no grade: the machine failed
    "missing",  # nothing was handed in
    "too_late",  # nothing was handed in before the cut-off
    "open",  # no grade: nothing was handed in, and it is not due yet
    "excused",  # no grade: an extension of course.toml says so
]


@dataclass(frozen=True)
class Member:
    """A person of the course. ids: all that platforms call them. is_expected: on the roster."""

    id: int
    name: str
    email: str
    ids: tuple[str, ...]
    section: str
    is_expected: bool


@dataclass(frozen=True)
class Attempt:
    """One submission of a member. number: from 1, in the order of handing in. time: when, with its
    zone. is_late: the mark of the platform. Either is None where nothing says it."""

    id: int
    number: int
    time: datetime | None
    is_late: bool | None
    status: Status
    grade: Grade


@dataclass(frozen=True)
class Adjustment:
    """What a person changed by hand. stub: None for the assignment as a whole. points: added to
    what was earned, may be negative, 0 for a comment alone. comment: for the student."""

    id: int
    stub: str | None
    points: float
    comment: str
    reason: str
    author: str
    time: datetime


@dataclass(frozen=True)
class Line:
    """A step to a grade. points: what it adds, may be negative or 0. text: the whole line for a
    reader, with its points. short: its words in the form on one line; "" where it has none. kind:
    what makes it."""

    points: float
    text: str
    short: str = ""
    kind: Literal["earned", "late", "adjusted", "scaled"] = "earned"


@dataclass(frozen=True)
class AssignmentGrade:
    """The grade of a member in an assignment. points: the sum of the lines; None where there is no
    grade, which is no zero. attempt: the one that counts. notes: what an instructor should look at.
    """

    assignment: str
    points: float | None
    max_points: float
    lines: list[Line]
    attempt: Attempt | None
    status: GradeStatus
    is_extra_credit: bool = False
    is_dropped: bool = False
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CourseGrade:
    """The grade of a member in the course. points: the sum of the lines."""

    member: Member
    assignments: list[AssignmentGrade]
    points: float
    max_points: float
    lines: list[Line]
