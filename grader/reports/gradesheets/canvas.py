"""Canvas: its gradebook as CSV, with the grades of assignments filled in or written anew.

What Canvas exports and takes: lib/gradebook_exporter.rb and lib/gradebook_importer.rb of
https://github.com/instructure/canvas-lms. The header has "Student" (or "LastName" and "FirstName"),
"ID", perhaps "SIS User ID" and "SIS Login ID", "Section", then a column "Title (4711)" for each
assignment; a line "Points Possible" and perhaps one about posting precede the people. People are
found by ID, else by SIS User ID, SIS Login ID or name. An assignment that Canvas does not know is
made, after a question.
"""

from __future__ import annotations

import re

from grader.errors import UsageError
from grader.reports.gradesheets import Gradesheet, Sheet
from grader.reports.matching import Entry, labels, match
from grader.reports.tables import Table, read_table, to_csv
from grader.reports.text import number
from grader.reports.worksheets import fill, value_of, writer

FILLS = True
PEOPLE = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
POINTS = "Points Possible"
READ_ONLY = "(read only)"
TEST_STUDENT = "Student, Test"
NUMBERED = re.compile(r"(.*?)\s*\(\d+\)")


def render(sheet: Sheet, given: bytes | None) -> Gradesheet:
    """The exported gradebook with grades in the columns of the assignments; else one that has
    nothing but people and grades. Raises UsageError."""
    if sheet.column and len(sheet.titles) != 1:
        raise UsageError("--column is of one assignment: name that, too.")
    return _anew(sheet) if given is None else _filled(sheet, read_table(given))


def _anew(sheet: Sheet) -> Gradesheet:
    titles = [sheet.column] if sheet.column else [*sheet.titles.values()]
    maxima = {g.assignment: g.max_points for c in sheet.grades for g in c.assignments}
    points = [number(maxima[name]) if name in maxima else "" for name in sheet.titles]
    rows = [[*PEOPLE, *titles], [f"    {POINTS}", "", "", "", "", *points]]
    for course in sheet.grades:
        member = course.member
        numbers = [each for each in member.ids if each.isdecimal()]
        logins = [each for each in member.ids if not each.isdecimal()]
        id, login = next(iter(numbers), ""), next(iter(logins), member.email)
        rows.append([member.name, id, id, login, member.section, *sheet.points(course)])
    note = (
        "Canvas shows whom and what it recognises before it saves: look at that. Surer is "
        "--into with the file of Gradebook > Export."
    )
    return Gradesheet(to_csv(rows), notes=[note])


def _filled(sheet: Sheet, table: Table) -> Gradesheet:
    if not {"ID", "Section"} <= {*table.header}:
        raise UsageError("It is not what Canvas exports: it has no columns ID and Section.")
    matched = match([course.member for course in sheet.grades], _entries(table))
    if not matched.members:
        raise UsageError("Nobody in it is in the gradebook. Is it of this course?")
    possible = next((line for line in range(len(table)) if POINTS in table.value(line, 0)), None)
    columns = _columns(sheet, table)
    known = labels(course.member for course in sheet.grades)
    write = writer(table, *columns.values())
    notes = [f"It has no column for {name}." for name in sheet.titles if name not in columns]
    for name, column in columns.items():
        most = value_of(table.value(possible, column)) if possible is not None else None
        if possible is not None and READ_ONLY in table.value(possible, column):
            raise UsageError(f"The column {table.header[column]} is read-only in Canvas.")
        own = sheet.of(name)
        people = {line: each for line, each in matched.members.items() if each.id in own}
        grades = {line: own[member.id] for line, member in people.items()}
        names = {line: known[member.id] for line, member in people.items()}
        maxima = dict.fromkeys(grades, most)
        notes += fill(table, column, grades, names, maxima, write)
    return Gradesheet(table.text(), table.encoding, [*notes, *matched.notes])


def _entries(table: Table) -> list[Entry]:
    """The people of the file, but for the one whom Canvas adds to try things."""
    columns = [table.column(name) for name in ("ID", "SIS User ID", "SIS Login ID")]
    entries = []
    for line in range(1, len(table)):
        name = table.value(line, table.column("Student"))
        if table.column("LastName") is not None:
            parts = (table.value(line, table.column(part)) for part in ("LastName", "FirstName"))
            name = ", ".join(parts)
        ids = tuple(table.value(line, column) for column in columns)
        if any((name, *ids)) and POINTS not in table.value(line, 0) and name != TEST_STUDENT:
            email = next((each for each in ids if "@" in each), "")
            entries.append(Entry(line, name, email, ids))
    return entries


def _columns(sheet: Sheet, table: Table) -> dict[str, int]:
    """The columns of the assignments, by name. Raises UsageError where there is none."""
    header = table.header
    places = range(header.index("Section") + 1, len(header))
    found: dict[str, int] = {}
    for name, title in sheet.titles.items():
        wanted = [sheet.column] if sheet.column else [name, title]
        plain = {_plain(text) for text in wanted}
        exact = [place for place in places if header[place] in wanted]
        alike = exact or [place for place in places if _plain(header[place]) in plain]
        if len(alike) > 1:
            several = ", ".join(header[place] for place in alike)
            raise UsageError(f"Several columns may be {name}: say which with --column: {several}.")
        if alike:
            found[name] = alike[0]
    if not found:
        raise UsageError(
            f"It has no column for {sheet.column or ', '.join(sheet.titles)}. Name it with "
            f"--column; there are: {', '.join(header[place] for place in places)}."
        )
    return found


def _plain(title: str) -> str:
    """A title as it is compared: without its number, blanks and underscores, in small letters."""
    numbered = NUMBERED.fullmatch(title)
    return re.sub(r"[\W_]+", "", numbered[1] if numbered else title).casefold()
