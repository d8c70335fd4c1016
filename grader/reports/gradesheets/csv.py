"""A table for spreadsheets: a line for each person, five columns for each assignment."""

from __future__ import annotations

from grader.gradebook.grades import AssignmentGrade, CourseGrade
from grader.reports.gradesheets import Gradesheet, Sheet, earned
from grader.reports.tables import BOM, to_csv
from grader.reports.text import number

PERSON = ["name", "ids", "email", "section"]
COLUMNS = ["points", "late", "adjusted", "total", "status"]


def render(sheet: Sheet, given: bytes | None) -> Gradesheet:
    """Of an assignment: what the attempt that counts earned, what lateness took, what was changed
    by hand, the grade, which may be scaled, and its status. Of several ones the sum, too."""
    header = [*PERSON, *(f"{name} {column}" for name in sheet.titles for column in COLUMNS)]
    if len(sheet.titles) > 1:
        header += ["points", "max_points"]
    return Gradesheet(BOM + to_csv([header, *(_row(sheet, each) for each in sheet.grades)]))


def _row(sheet: Sheet, course: CourseGrade) -> list[str]:
    member = course.member
    row = [member.name, "; ".join(member.ids), member.email, member.section]
    for grade in sheet.row(course):
        row += _cells(grade) if grade else [""] * len(COLUMNS)
    if len(sheet.titles) > 1:
        row += [number(course.points), number(course.max_points)]
    return row


def _cells(grade: AssignmentGrade) -> list[str]:
    status = grade.status.replace("_", " ") + (", dropped" if grade.is_dropped else "")
    if grade.points is None:
        return ["", "", "", "", status]
    steps = [earned(grade, kind) for kind in ("earned", "late", "adjusted")]
    return [*map(number, [*steps, grade.points]), status]
