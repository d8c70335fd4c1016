"""What ``nbgrader export`` writes: a line for each person in each assignment.

The columns, their order and what is in them: nbgrader's class CsvExportPlugin,
https://github.com/jupyter/nbgrader/blob/main/nbgrader/plugins/export.py. There a score is what was
earned less the penalty, so what was changed by hand is part of raw_score.
"""

from __future__ import annotations

from datetime import datetime, timezone

from grader.gradebook.grades import AssignmentGrade, Member
from grader.reports.gradesheets import Gradesheet, Sheet, earned
from grader.reports.tables import to_csv

COLUMNS = [
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
]


def render(sheet: Sheet, given: bytes | None) -> Gradesheet:
    """nbgrader writes 0 for who has handed in nothing, and so do we; only where there is no grade
    yet, which nbgrader does not know, the scores are empty."""
    rows = [
        _row(course.member, grade, sheet.due.get(name))
        for name in sheet.titles
        for course in sheet.grades
        for grade in course.assignments
        if grade.assignment == name
    ]
    return Gradesheet(to_csv([COLUMNS, *rows]))


def _row(member: Member, grade: AssignmentGrade, due: datetime | None) -> list[str]:
    last, first = names_of(member.name)
    scores = ["", "", ""]
    if grade.points is not None:
        penalty = 0.0 - earned(grade, "late")
        scores = [str(round(score, 2)) for score in (grade.points + penalty, penalty, grade.points)]
    return [
        grade.assignment,
        _time(due),
        _time(grade.attempt.time if grade.attempt else None),
        next(iter(member.ids), member.email or member.name),
        last,
        first,
        member.email,
        *scores,
        str(grade.max_points),
    ]


def names_of(name: str) -> tuple[str, str]:
    """The last and the first name: of "Meyer, Anna" as of "Anna Meyer". One word is the last."""
    last, comma, first = name.partition(",")
    if not comma:
        first, _, last = name.rpartition(" ")
    return last.strip(), first.strip()


def _time(time: datetime | None) -> str:
    """As nbgrader writes its times, in UTC without a zone."""
    return str(time.astimezone(timezone.utc).replace(tzinfo=None)) if time else ""
