"""``grader gradebook grades``: what everybody has, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from grader.cli.console import console, readable_errors, say_note
from grader.cli.gradebook import book_at
from grader.cli.options import (
    CourseOption,
    DbOption,
    DebugOption,
    Language,
    LanguageOption,
    course_of,
)
from grader.errors import UsageError
from grader.reports.text import number

if TYPE_CHECKING:
    from grader.course.assignment import Assignment
    from grader.gradebook.book import Gradebook
    from grader.gradebook.grades import AssignmentGrade, CourseGrade, Member
    from grader.gradebook.rules import Policy


@readable_errors
def grades(
    assignment: Annotated[
        str | None,
        typer.Argument(help="Name of an assignment: how each grade came about. Default: all."),
    ] = None,
    person: Annotated[
        str | None,
        typer.Option(help="Only this person, line by line: a name, an id, an email or a part."),
    ] = None,
    db: DbOption = None,
    lang: LanguageOption = Language.en,
    course: CourseOption = Path(),
    debug: DebugOption = False,
) -> None:
    """Compute the grades from what was seen, by the rules of the course's
    course.toml: which attempt counts, due dates and extensions, lateness,
    changes by hand, and the sum.

    Nothing is run: change course.toml and type it again. Without a course.toml
    the best attempt counts, and nothing is late. docs/grades.md has all rules.

    Exit codes: 0 shown, 2 there is no gradebook, or course.toml is wrong.

    [dim]grader gradebook grades[/dim]: all assignments and the sum

    [dim]grader gradebook grades softmax_regression[/dim]: such as 87 − 10 late + 3 adjusted: reason

    [dim]grader gradebook grades --person ada@example.org[/dim]: each step
    """
    from grader.course import assignment as assignments
    from grader.gradebook.course_grades import assignment_grades, course_grades

    folder = course_of(course)
    with book_at(db, course) as book:
        policy = policy_of(folder, book)
        wanted = book.find(person) if person is not None else None
        names = book.assignments() if assignment is None else [assignment]
        loaded = [assignments.load(name, folder) for name in names]
        if not loaded:
            raise UsageError(f"Nothing is in the gradebook {book.place} yet: grader grade NAME ...")
        if wanted is not None:
            found = [g for g in course_grades(book, loaded, policy) if g.member.id == wanted.id]
            if not found:
                raise UsageError(f"{wanted.name} is not on the roster and has handed in nothing.")
            _explain(found[0], assignment)
        elif assignment is not None:
            _show_assignment(loaded[0], assignment_grades(book, loaded[0], policy))
        else:
            _show_course(course_grades(book, loaded, policy), policy)


def policy_of(folder: Path, book: Gradebook) -> Policy:
    """The rules of a course; notes say whose extension is nobody's. Raises AssignmentError."""
    from grader.course.assignment import available
    from grader.gradebook.policy import load_policy
    from grader.gradebook.rules import unmatched

    policy = load_policy(folder, {*available(folder), *book.assignments()})
    for note in unmatched(policy, book.members()) if policy.extensions else ():
        say_note(note)
    return policy


def points_in_words(grade: AssignmentGrade) -> str:
    """The points of a grade; a dash where there is none, which is no zero."""
    return "–" if grade.points is None else number(grade.points)


def _show_assignment(assignment: Assignment, found: list[tuple[Member, AssignmentGrade]]) -> None:
    from grader.gradebook.grades import one_line

    rows = Table(title=Text(assignment.name), title_justify="left")
    rows.add_column("name")
    maximum = f" of {number(found[0][1].max_points)}" if found else ""
    rows.add_column(f"points{maximum}", justify="right")
    rows.add_column("how")
    for member, grade in found:
        rows.add_row(Text(member.name), points_in_words(grade), Text(one_line(grade)))
    console.print(rows)
    _show_notes([(member.name, grade) for member, grade in found])


def _show_course(found: list[CourseGrade], policy: Policy) -> None:
    names = [grade.assignment for grade in found[0].assignments] if found else []
    rows = Table(title=Text(policy.title) if policy.title else None, title_justify="left")
    rows.add_column("name")
    for name in (*names, "sum", "of"):
        rows.add_column(Text(name), justify="right")
    for one in found:
        by_name = {grade.assignment: grade for grade in one.assignments}
        cells = [_cell(by_name[name]) if name in by_name else "" for name in names]
        rows.add_row(Text(one.member.name), *cells, number(one.points), number(one.max_points))
    console.print(rows)
    every = [grade for one in found for grade in one.assignments]
    if any(grade.is_dropped for grade in every):
        console.print("(in brackets): dropped, one of the lowest")
    _show_notes(
        [(f"{one.member.name}, {g.assignment}", g) for one in found for g in one.assignments]
    )


def _cell(grade: AssignmentGrade) -> str:
    points = points_in_words(grade)
    return f"({points})" if grade.is_dropped else points


def _show_notes(found: list[tuple[str, AssignmentGrade]]) -> None:
    """Who has no grade or no program, and what else to look at."""
    from grader.gradebook.grades import one_line

    looks = [
        (who, "; ".join([one_line(grade)] * (grade.status != "graded") + grade.notes))
        for who, grade in found
        if grade.notes or grade.status not in ("graded", "excused", "open")
    ]
    if looks:
        console.print("[yellow]to look at:[/yellow]")
    for who, text in looks:
        console.print(Text(f"  {who}: {text}"), soft_wrap=True)


def _explain(found: CourseGrade, assignment: str | None) -> None:
    """Every step to the grades of one person."""
    console.print(Text(found.member.name, "bold"))
    for grade in found.assignments:
        title = f"{grade.assignment}: {points_in_words(grade)} of {number(grade.max_points)}"
        console.print(Text(title))
        for line in grade.lines:
            console.print(Text(f"  {line.text}"), soft_wrap=True)
        for note in grade.notes:
            console.print(Text(f"  to look at: {note}", "yellow"), soft_wrap=True)
    if assignment is None:
        console.print(Text(f"sum: {number(found.points)} of {number(found.max_points)}"))
        for line in found.lines:
            console.print(Text(f"  {line.text}"), soft_wrap=True)
