"""``grader gradebook``: people, what they handed in, and what was seen of it, from one evening to
the next."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text
from typer.core import TyperGroup

from grader.cli.console import console, errors, readable_errors, say_note
from grader.cli.options import CourseOption, DbOption, course_of
from grader.course.extras import require
from grader.errors import AssignmentError, UsageError
from grader.reports.text import status as status_words

if TYPE_CHECKING:
    from grader.course.assignment import Assignment
    from grader.gradebook.book import Gradebook
    from grader.gradebook.grades import Attempt, Member
    from grader.gradebook.history import PastAttempt
    from grader.gradebook.keeping import BookKeeper
    from grader.gradebook.roster import Roster
    from grader.submissions.uploads import Upload

UNTOLD = "–"


class Listing(TyperGroup):
    """What is no command is an assignment to list: `grader gradebook softmax_regression`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line."""
        if not args or args[0] not in {*self.commands, "--help"}:
            args = ["list", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=Listing,
    help="What a course has graded: people, attempts, what was seen of them and why. Shown and "
    "copied; nothing is graded here.\n\n"
    "`grader grade` keeps the results of a class in gradebook.sqlite in the course's folder, or "
    "where --db says.\n\n"
    "[dim]grader gradebook[/dim]: the assignments, and how many are missing\n\n"
    "[dim]grader gradebook softmax_regression[/dim]: a line for each person",
)


@app.command("list")
@readable_errors
def list_people(
    assignment: Annotated[
        str | None, typer.Argument(help="Name of an assignment: a line for each person.")
    ] = None,
    db: DbOption = None,
    course: CourseOption = Path(),
) -> None:
    """List the assignments, or with one of them the people; the word `list` may be left out.

    Who is expected and has handed in nothing is missing; a roster says who is expected.

    Exit codes: 0 shown, 2 there is no gradebook or it cannot be read.

    [dim]grader gradebook softmax_regression[/dim]
    """
    with book_at(db, course) as book:
        if assignment is None:
            _show_assignments(book)
        else:
            from grader.course import assignment as assignments

            _show_people(book, assignments.load(assignment, course_of(course)))


@app.command()
@readable_errors
def show(
    person: Annotated[
        str, typer.Argument(help="A name, an id, an email, or a part that nobody else has.")
    ],
    db: DbOption = None,
    course: CourseOption = Path(),
) -> None:
    """Show the history of one person: every attempt, every version of what was seen of it and
    why there is another one, and what was adjusted by hand.

    Exit codes: 0 shown, 2 nobody is called so, or several are.

    [dim]grader gradebook show "Ada Lovelace"[/dim]
    """
    with book_at(db, course) as book:
        history = book.history(book.find(person))
    _show_member(history.member)
    for attempt in history.attempts:
        _show_attempt(attempt, history.member, _loaded(attempt.assignment, course))
    for past in history.adjustments:
        made = past.adjustment
        what = f" of {made.stub}" if made.stub else ""
        end = f"; withdrawn {_time(past.withdrawn)}" if past.withdrawn else ""
        line = (
            f"{past.assignment}{what}: {made.points:+g} adjusted by {made.author}, "
            f"{_time(made.time)}: {made.reason}{end} (adjustment {made.id})"
        )
        console.print(Text(line, "dim" if past.withdrawn else ""))
    if not history.attempts:
        console.print("Nothing was handed in.")


@app.command()
@readable_errors
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")],
    db: DbOption = None,
    course: CourseOption = Path(),
) -> None:
    """Copy the whole gradebook into one file, also while a class is being graded.

    The copy is a gradebook: --db FILE reads it. For a database on a server it says which tool
    makes one.

    Exit codes: 0 written, 2 it cannot be.

    [dim]grader gradebook backup gradebook-2026-11-27.sqlite[/dim]
    """
    with book_at(db, course) as book:
        book.backup(file)
        console.print(Text(f"{book.place} was copied to {file}"), soft_wrap=True)


@app.command()
@readable_errors
def roster(
    file: Annotated[
        Path,
        typer.Argument(help="A CSV with a column for names, ids or emails; the more the better."),
    ],
    db: DbOption = None,
    course: CourseOption = Path(),
) -> None:
    """Put in who is expected, so that the list says who is missing.

    Whoever is in the gradebook already, by an id, an email or a name that only one person has, is
    the same person. Put in a newer roster at any time: who is not on it is expected no more, and
    keeps what is there.

    Exit codes: 0 put in, 2 the file cannot be read.

    [dim]grader gradebook roster participants.csv[/dim]
    """
    from grader.gradebook.roster import read_roster

    people = read_roster(file)
    with book_at(db, course, is_new=True) as book:
        book.put_roster(people)
        expected = sum(member.is_expected for member in book.members())
        console.print(Text(f"{expected} people are expected: {book.place}"), soft_wrap=True)


def book_at(
    db: str | None, course: Path, is_new: bool = False
) -> AbstractContextManager[Gradebook]:
    """The gradebook that is meant by --db, or that of the course. is_new: whether it may be made.

    Raises UsageError.
    """
    require("sqlalchemy", "class")
    require("alembic", "class")
    from grader.gradebook.book import default_place, open_book

    return open_book(db or default_place(course_of(course)), is_new)


def keeper_for(
    db: str | None,
    course: Path,
    assignment: Assignment,
    uploads: Sequence[Upload],
    people: Roster | None,
) -> BookKeeper | None:
    """Where `grader grade` keeps the results of these; the people are expected from now on. Where
    nobody named a gradebook and there can be none, a note says so. Raises UsageError."""
    try:
        with book_at(db, course, is_new=True) as book:
            if people is not None:
                book.put_roster(people)
            return book.keeper(assignment, uploads)
    except UsageError as error:
        if db is not None:
            raise
        text = f"Nothing of this will be kept in a gradebook: {error}"
        say_note(text)
        return None


def say_kept(keeper: BookKeeper, assignment: str) -> bool:
    """Say where the results are. Whether all of them are there."""
    place = keeper.database.place
    if keeper.unkept:
        text = (
            f"{keeper.unkept} results are not in the gradebook {place}. Type the same command "
            "again: it grades those."
        )
        errors.print(Text(text, "red"), soft_wrap=True)
        return False
    text = f"kept in the gradebook {place}: grader gradebook {assignment} lists it"
    errors.print(Text(text), soft_wrap=True)
    return True


def _show_assignments(book: Gradebook) -> None:
    members = book.members()
    expected = {member.id for member in members if member.is_expected}
    console.print(Text(book.place, "dim"), soft_wrap=True)
    rows = Table()
    rows.add_column("assignment")
    for heading in ("people", "attempts", "missing"):
        rows.add_column(heading, justify="right")
    for name, handed_in in book.handed_in().items():
        attempts = {attempt for own in handed_in.values() for attempt in own}
        missing = str(len(expected - handed_in.keys())) if expected else UNTOLD
        rows.add_row(Text(name), str(len(handed_in)), str(len(attempts)), missing)
    console.print(rows)
    others = len(members) - len(expected)
    if not expected:
        text = f"{len(members)} people. Who is missing is not known: grader gradebook roster FILE"
    else:
        text = f"{len(expected)} people are expected"
        text += f"; {others} others are not on the roster." if others else "."
    console.print(Text(text), soft_wrap=True)


def _show_people(book: Gradebook, assignment: Assignment) -> None:
    attempts = book.attempts(assignment)
    has_roster = any(member.is_expected for member in book.members())
    console.print(Text(f"{assignment.name}: {book.place}", "dim"), soft_wrap=True)
    rows = Table()
    for heading in ("name", "id or email", "attempts", "last handed in", "last score"):
        is_number = heading in ("attempts", "last score")
        rows.add_column(heading, justify="right" if is_number else "left")
    missing = 0
    for member in book.members():
        own = attempts.get(member.id, [])
        if not own and not member.is_expected:
            continue
        missing += not own
        score = _score(own[-1]) if own else Text("missing", "yellow")
        name = Text(member.name)
        name += (
            Text(" (not on the roster)", "yellow") if has_roster and not member.is_expected else ""
        )
        who = (*member.ids, member.email, "")[0]
        rows.add_row(name, Text(who), str(len(own)), _handed_in(own), score)
    console.print(rows)
    text = (
        f"{len(attempts)} people handed something in, {missing} are missing."
        if has_roster
        else f"{len(attempts)} people. Who is missing is not known: grader gradebook roster FILE"
    )
    console.print(Text(text), soft_wrap=True)
    text = f"Grades, by the rules of the course: grader gradebook grades {assignment.name}"
    console.print(Text(text), soft_wrap=True)


def _score(attempt: Attempt) -> Text:
    if attempt.status != "graded":
        return Text(status_words(attempt.status), "red")
    return Text(f"{attempt.grade.score:g} / {attempt.grade.max_score:g}")


def _handed_in(attempts: Sequence[Attempt]) -> str:
    if not attempts or attempts[-1].time is None:
        return "late" if attempts and attempts[-1].is_late else UNTOLD
    return _time(attempts[-1].time) + (" late" if attempts[-1].is_late else "")


def _show_member(member: Member) -> None:
    known = [*member.ids, member.email, member.section and f"section {member.section}"]
    line = Text(member.name, "bold")
    console.print(line + Text("".join(f"  {each}" for each in known if each)))
    if not member.is_expected:
        console.print(Text("not on a roster", "dim"))


def _show_attempt(attempt: PastAttempt, member: Member, assignment: Assignment | None) -> None:
    from grader.grading.scoring import score

    late = {True: ", late", False: ", in time", None: ""}[attempt.is_late]
    handed_in = f"handed in {_time(attempt.time)}" if attempt.time else "time not told"
    others = ", ".join(each.name for each in attempt.people if each.id != member.id)
    together = f", together with {others}" if others else ""
    heading = f"\n{attempt.assignment}, attempt {attempt.number}: {handed_in}{late}{together}"
    console.print(Text(heading, "bold"), soft_wrap=True)
    console.print(Text(f"  {attempt.place}", "dim"), soft_wrap=True)
    for version in attempt.versions:
        result = status_words(version.record.status)
        if version.record.status == "graded" and assignment is not None:
            grade = score(version.record, assignment)
            result = f"{grade.score:g} of {grade.max_score:g}"
        counts = "" if version is attempt.versions[-1] else " (counts no more)"
        line = f"  {version.number}. {_time(version.time)}  {result}{counts}: {version.why}"
        console.print(Text(line, "dim" if counts else ""), soft_wrap=True)


def _loaded(name: str, course: Path) -> Assignment | None:
    """An assignment, which may have left the course since."""
    from grader.course import assignment as assignments

    try:
        return assignments.load(name, course_of(course))
    except (AssignmentError, UsageError):
        return None


def _time(time: datetime) -> str:
    """A moment as the clock on the wall shows it."""
    return f"{time.astimezone():%Y-%m-%d %H:%M}"
