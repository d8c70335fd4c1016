"""``grader export``: grades for a learning platform or a spreadsheet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from grader.cli.console import console, readable_errors, say_note
from grader.cli.gradebook import book_at
from grader.cli.grades import policy_of
from grader.cli.options import CourseOption, DbOption, Language, LanguageOption, course_of
from grader.errors import AssignmentError, UsageError
from grader.reports import gradesheets
from grader.reports.tables import BOM

if TYPE_CHECKING:
    from grader.course.assignment import Assignment
    from grader.gradebook.book import Gradebook

SCREEN = Path("-")


@readable_errors
def export(
    assignment: Annotated[
        str | None, typer.Argument(help="Name of an assignment; without it all of the gradebook.")
    ] = None,
    *,
    name: Annotated[
        str,
        typer.Option(
            "--format", metavar="NAME", help=f"What to write: {', '.join(gradesheets.names())}."
        ),
    ],
    to: Annotated[Path, typer.Option(metavar="FILE", help="The file; '-' for the screen.")],
    into: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A file of the platform, whose grades are filled in: Moodle's grading worksheet, "
            "Canvas's exported gradebook. It stays as it is unless --to names it, too.",
        ),
    ] = None,
    column: Annotated[
        str | None, typer.Option(help="The platform's column for the grades, if it is not found.")
    ] = None,
    db: DbOption = None,
    course: CourseOption = Path(),
    language: LanguageOption = Language.en,
) -> None:
    """Write the grades of the gradebook for a learning platform or a spreadsheet.

    csv: a line for each person, with BOM, for any spreadsheet. nbgrader: what `nbgrader export`
    writes. moodle, canvas: with --into the platform's own file, in which only grades (and comments)
    change; without it a file for its import.

    Who stands on one side only, and who has no grade yet, is said. No grade is an empty cell, never
    a 0.

    Exit codes: 0 written, 2 the file does not fit or there is no gradebook.

    [dim]grader export softmax_regression --format moodle --into worksheet.csv --to filled.csv[/dim]

    [dim]grader export --format csv --to grades.csv[/dim]
    """
    given = into.read_bytes() if into else None
    with book_at(db, course) as book:
        sheet = _sheet(book, course_of(course), assignment, column)
    try:
        written = gradesheets.render(name, sheet, given)
    except UsageError as error:
        raise UsageError(f"{into}: {error}") if into else error from None
    if to == SCREEN:
        typer.echo(written.text.removeprefix(BOM), nl=False)
    else:
        to.write_bytes(written.text.encode(written.encoding))
    for note in written.notes:
        say_note(note)
    if to != SCREEN:
        console.print(
            Text(f"The grades of {len(sheet.grades)} people are in {to}."), soft_wrap=True
        )


def _sheet(
    book: Gradebook, course: Path, only: str | None, column: str | None
) -> gradesheets.Sheet:
    """Everybody's grades, in one assignment or in all. Raises UsageError."""
    from grader.course import assignment as assignments
    from grader.gradebook.course_grades import course_grades

    if only:
        assignments.load(only, course)  # its name may be misspelt
    known = _assignments(book, course)
    titles = {each.name: each.title for each in known if only in (None, each.name)}
    if not titles:
        what = only or "any assignment"
        raise UsageError(f"{book.place} holds nothing of {what}. `grader grade` puts it there.")
    policy = policy_of(course, book)
    rules = course / "course.toml"
    if rules.is_file():  # by which the grades are that leave the house
        book.keep_policy(rules.read_text("utf-8"))
    deadlines = {name: policy.deadline(name) for name in titles}
    due = {name: deadline.due for name, deadline in deadlines.items() if deadline}
    grades = course_grades(book, known, policy)
    if only:  # what is dropped depends on the others
        grades = [
            replace(each, assignments=[g for g in each.assignments if g.assignment == only])
            for each in grades
        ]
        grades = [each for each in grades if each.assignments]
    return gradesheets.Sheet(grades, titles, due, column)


def _assignments(book: Gradebook, course: Path) -> list[Assignment]:
    """Those of the book that the course still has."""
    from grader.course import assignment as assignments

    known = []
    for name in book.assignments():
        try:
            known.append(assignments.load(name, course))
        except AssignmentError as error:
            note = f"{name} is left out: {error}"
            say_note(note)
    return known
