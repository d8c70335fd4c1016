"""The formats of ``grader export --format NAME``: each module of this folder is one.

A module has ``render(sheet, given) -> Gradesheet``; given is the file of ``--into``, or None. One
that can put grades into such a file has ``FILLS = True``. Another package brings a format with an
entry point of the group ``grader.gradesheets``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from grader.course.plugins import Plugins
from grader.errors import UsageError
from grader.reports.matching import labels
from grader.reports.text import number

if TYPE_CHECKING:  # the names of formats are asked for by every command
    from grader.gradebook.grades import AssignmentGrade, CourseGrade


@dataclass(frozen=True)
class Sheet:
    """What is to be exported.

    grades: of everybody. titles: of the assignments by name. due: when they are due, where that is
    known. column: the name of the platform's column, where somebody has said it.
    """

    grades: Sequence[CourseGrade]
    titles: dict[str, str]
    due: dict[str, datetime] = field(default_factory=dict)
    column: str | None = None

    def row(self, course: CourseGrade) -> list[AssignmentGrade | None]:
        """The grades of a person in the order of the assignments; None where they have no part."""
        by_name = {grade.assignment: grade for grade in course.assignments}
        return [by_name.get(name) for name in self.titles]

    def points(self, course: CourseGrade) -> list[str]:
        """Their points; "" where there is no grade, which is no zero."""
        return ["" if g is None or g.points is None else number(g.points) for g in self.row(course)]

    def of(self, assignment: str) -> dict[int, AssignmentGrade]:
        """The grades in an assignment by the id of the member."""
        return {
            course.member.id: grade
            for course in self.grades
            for grade in course.assignments
            if grade.assignment == assignment
        }


@dataclass(frozen=True)
class Gradesheet:
    """A file for a learning platform or a spreadsheet. encoding: that of the text, which has its
    byte-order mark, if any. notes: what an instructor should know."""

    text: str
    encoding: str = "utf-8"
    notes: list[str] = field(default_factory=list)


FORMATS = Plugins(__name__, __path__, "grader.gradesheets", "format")
names = FORMATS.names


def render(name: str, sheet: Sheet, given: bytes | None) -> Gradesheet:
    """The sheet in this format. Raises UsageError where there is no such format, or where it
    cannot be put into the given file."""
    module = FORMATS.load(name)
    if given is not None and not getattr(module, "FILLS", False):
        raise UsageError(f"{name} is written anew: leave --into away.")
    found: Gradesheet = module.render(sheet, given)
    return replace(found, notes=[*found.notes, *_without_grade(sheet)])


def _without_grade(sheet: Sheet) -> list[str]:
    """Who has no grade, which is no zero, and why."""
    notes = []
    known = labels(course.member for course in sheet.grades)
    for name in sheet.titles:
        people = [
            f"{known[course.member.id]} ({grade.status.replace('_', ' ')})"
            for course in sheet.grades
            for grade in course.assignments
            if grade.assignment == name and grade.points is None
        ]
        if people:
            notes.append(f"{len(people)} without a grade in {name}: {'; '.join(people)}")
    return notes


def earned(grade: AssignmentGrade, kind: str) -> float:
    """What the lines of a kind add to a grade."""
    return round(sum((line.points for line in grade.lines if line.kind == kind), 0.0), 2)
