"""Moodle: the grading worksheet of an assignment, filled in, or a file for its grade import.

The worksheet is what "Download grading worksheet" gives (feedback type "Offline grading worksheet")
and "Upload grading worksheet" takes: Moodle reads the columns "Identifier", "Grade", "Last modified
(grade)" and "Feedback comments", in the words of the user's language, and skips grades that are
above the maximum (mod/assign/feedback/offline, importgradeslib.php and locallib.php, of
https://github.com/moodle/moodle). Comments are HTML there. The grade import maps "Email address" or
"ID number" to people, and the other columns to grade items (https://docs.moodle.org/en/Grade_import).
"""

from __future__ import annotations

import html
import re

from grader.errors import UsageError
from grader.gradebook.grades import AssignmentGrade
from grader.reports.gradesheets import Gradesheet, Sheet
from grader.reports.matching import Entry, labels, match
from grader.reports.tables import Table, read_table, to_csv
from grader.reports.text import number
from grader.reports.worksheets import fill, value_of, writer

FILLS = True
# The columns in English, German, Chinese, French and Spanish.
GRADE = ("Grade", "Bewertung", "成绩", "成績", "Note", "Calificación")
MAXIMUM = (
    *("Maximum grade", "Bestwertung", "最高分", "最高成绩", "最高成績", "最高分數"),
    *("Note maximale", "Calificación máxima"),
)
NAME = ("Full name", "Vollständiger Name", "全名", "姓名", "Nom complet", "Nombre completo")
ID = ("ID number", "ID-Nummer", "Matrikelnummer", "学号", "編號", "Numéro d'identification")
FEEDBACK = re.compile("feedback|kommentar|comment|comentario|反馈|评语|評語|回饋", re.IGNORECASE)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
PARTICIPANT = re.compile(r"\D*(\d+)")
SUM = re.compile(r"(.*<br>)?= [\d.]+ / [\d.]+")  # how the comments end that are written here


def render(sheet: Sheet, given: bytes | None) -> Gradesheet:
    """The worksheet with grades, and with comments where there are none of somebody else; else a
    line for each person with a column for each assignment. Raises UsageError."""
    return _import(sheet) if given is None else _worksheet(sheet, read_table(given))


def _import(sheet: Sheet) -> Gradesheet:
    rows = [["Full name", "ID number", "Email address", *sheet.titles]]
    for course in sheet.grades:
        member = course.member
        row = [member.name, next(iter(member.ids), ""), member.email, *sheet.points(course)]
        rows.append(row)
    unknown = [c.member.name for c in sheet.grades if not (c.member.email or c.member.ids)]
    notes = ["In Moodle: Grades > Import > CSV file; map Email address to Email address."]
    if unknown:
        notes.append(f"{len(unknown)} without an email or an id: {'; '.join(unknown)}")
    return Gradesheet(to_csv(rows), notes=notes)


def _worksheet(sheet: Sheet, table: Table) -> Gradesheet:
    if len(sheet.titles) != 1:
        raise UsageError("A grading worksheet is of one assignment: name it.")
    (assignment,) = sheet.titles
    column = table.column(*([sheet.column] if sheet.column else GRADE))
    if column is None:
        raise UsageError(
            f"It has no column {sheet.column or 'Grade'}. Name the one for the grades with "
            f"--column; there are: {', '.join(table.header)}."
        )
    matched = match([course.member for course in sheet.grades], _entries(table))
    if not matched.members:
        raise UsageError("Nobody in it is in the gradebook. Is it of this course?")
    own = sheet.of(assignment)
    grades = {line: own[member.id] for line, member in matched.members.items()}
    known = labels(course.member for course in sheet.grades)
    names = {line: known[member.id] for line, member in matched.members.items()}
    most = table.column(*MAXIMUM)
    maxima = {line: value_of(table.value(line, most)) for line in grades}
    if most is not None and not any(maxima.values()):
        raise UsageError("Moodle grades this assignment by a scale: give it points there.")
    write = writer(table, column, most)
    notes = fill(table, column, grades, names, maxima, write)
    notes += _comment(table, grades, names)
    return Gradesheet(table.text(), table.encoding, [*notes, *matched.notes])


def _entries(table: Table) -> list[Entry]:
    """The people of the worksheet; the first column says "Participant 123456"."""
    name, number = table.column(*NAME), table.column(*ID)
    entries = []
    for line in range(1, len(table)):
        participant = PARTICIPANT.fullmatch(table.value(line, 0))
        ids = (participant[1] if participant else "", table.value(line, number))
        cells = [table.value(line, column) for column in range(len(table.cells[line]))]
        if any(cells):
            email = next(filter(EMAIL.fullmatch, cells), "")
            entries.append(Entry(line, table.value(line, name), email, ids))
    return entries


def _comment(table: Table, grades: dict[int, AssignmentGrade], names: dict[int, str]) -> list[str]:
    """Put the lines of each grade into the column for comments, if there is one."""
    found = (place for place, name in enumerate(table.header) if FEEDBACK.search(name))
    column = next(found, None)
    if column is None:
        return ["It has no column for comments: only grades were filled in."]
    kept = []
    for line, grade in grades.items():
        present = table.value(line, column)
        if grade.points is None:
            continue
        if present and not SUM.fullmatch(present):
            kept.append(names[line])
        else:
            table.set(line, column, comment(grade))
    return [f"{len(kept)} have a comment already, which stays: {'; '.join(kept)}"] if kept else []


def comment(grade: AssignmentGrade) -> str:
    """The lines of a grade and its points, on one line of HTML."""
    total = f"= {number(grade.points or 0)} / {number(grade.max_points)}"
    return "<br>".join([*(html.escape(line.text, quote=False) for line in grade.lines), total])
