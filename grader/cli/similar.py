"""``grader gradebook similar``: programs of a class that are alike."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import track
from rich.table import Table
from rich.text import Text

from grader.cli.console import console, progress, readable_errors
from grader.cli.gradebook import book_at
from grader.cli.options import AssignmentArgument, CourseOption, DbOption, course_of
from grader.errors import UnreadableSubmission, UsageError

if TYPE_CHECKING:
    from grader.cli.works import Entry, Source
    from grader.course.assignment import Assignment
    from grader.gradebook.book import Gradebook
    from grader.gradebook.similarity import Match, Program, Work
    from grader.reports.pages.class_page import Pair

SHARE = 50  # per cent of the own code that one of a pair shares
MOST_ROWS = 30  # on the screen
COLUMNS = ["first", "first_share", "second", "second_share", "lines", "where"]


@readable_errors
def similar(
    assignment: AssignmentArgument,
    results: Annotated[
        Path | None,
        typer.Argument(
            metavar="RESULTS",
            help="The folder that `grader grade --out` wrote.",
            show_default="the gradebook",
        ),
    ] = None,
    share: Annotated[
        int,
        typer.Option(
            metavar="PERCENT",
            help="Show pairs of whom one shares at least this much of the own code.",
            min=1,
            max=100,
        ),
    ] = SHARE,
    to: Annotated[
        Path | None, typer.Option(help="Write all pairs to this file, as CSV for a spreadsheet.")
    ] = None,
    db: DbOption = None,
    course: CourseOption = Path(),
) -> None:
    """List pairs of programs that are alike, the most alike first.

    Names of variables, comments and the order of functions play no part; what the handout has, and
    what more than a quarter of the class has, is nobody's own code. Attempts of one person and of
    people who handed in together are not compared.

    A pair is a reason to look at both programs, not a verdict: short functions have few right
    forms, and two people may have read the same book.

    Exit codes: 0 compared, 2 there is nothing to compare.

    [dim]grader gradebook similar softmax_regression --share 60 --to alike.csv[/dim]
    """
    from grader.course import assignment as assignments
    from grader.course.extras import require
    from grader.gradebook import similarity

    known = assignments.load(assignment, course_of(course))
    require("copydetect", "class")
    programs: list[Program] = []
    with ExitStack() as stack:
        if results:
            works = _of_results(known.name, results)
        else:
            works = _of_book(known.name, stack.enter_context(book_at(db, course)))
        for work in track(_told_apart(works), "reading", console=console, transient=True):
            try:
                programs.append(similarity.read_program(work, known))
            except UnreadableSubmission as error:
                console.print(Text(f"not compared: {work.name}: {error}"), soft_wrap=True)
    names = [stub.name for stub in known.stubs]
    found = similarity.matches(programs, similarity.handout(known), share / 100, names)
    _show(found, len(programs), share, to)
    if to:
        to.write_bytes(_csv(found))
        console.print(Text(f"{len(found)} pairs are in {to}."), soft_wrap=True)


def _of_book(assignment: str, book: Gradebook) -> list[Work]:
    """What was handed in, by the gradebook; it must stay open for as long as it is read. Raises
    UsageError where there is nothing."""
    from grader.gradebook.similarity import Work

    works = []
    for attempt, members, record in book.results(assignment):
        name = ", ".join(member.name or member.email for member in members) or record.submission
        keys = frozenset(str(member.id) for member in members) or frozenset({record.path})
        try:
            works.append(Work(name, keys, record.path, book.upload(attempt)))
        except UsageError as error:
            console.print(Text(f"not compared: {name}: {error}"), soft_wrap=True)
    if not works:
        raise UsageError(
            f"{book.place} holds no submissions of {assignment}. `grader grade` puts them there; "
            "or name the folder of its --out."
        )
    return works


def _of_results(assignment: str, folder: Path) -> list[Work]:
    """The same by a folder of results. Raises UsageError."""
    from grader.gradebook.similarity import Work
    from grader.grading.results_folder import Store
    from grader.submissions.uploads import Upload

    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}; `grader grade --out` writes one.")
    results = Store(folder, assignment).results
    if not results:
        raise UsageError(f"{folder} holds no results of {assignment}.")
    works = []
    for place, result in results.items():
        people = result.record.origin.people
        name = ", ".join(person.name or person.id or person.email for person in people)
        keys = {key for person in people for key in (person.id, person.email) if key}
        keys |= {person.name for person in people if not (person.id or person.email)}
        name, people_of = name or result.record.submission, frozenset(keys or {place})
        works.append(Work(name, people_of, place, Upload(Path(place), result.record.origin)))
    return works


def pairs_in(source: Source, assignment: Assignment) -> list[Pair]:
    """The pairs for the page about the class; what cannot be read is in none. One attempt of
    several people is one program."""
    from grader.gradebook import similarity
    from grader.reports.pages.class_page import Pair

    owners: dict[int | str, list[Entry]] = {}
    for entry in source.entries:
        if entry.result is not None and entry.result.record.status == "graded":
            owners.setdefault(entry.attempt or entry.place, []).append(entry)
    programs: list[Program] = []
    for entries in progress(owners.values(), "comparing programs"):
        name = ", ".join(entry.name for entry in entries)
        people = frozenset().union(*(entry.people for entry in entries))
        with suppress(UsageError, UnreadableSubmission):
            upload = source.upload(entries[0])
            work = similarity.Work(name, people, entries[0].place, upload)
            programs.append(similarity.read_program(work, assignment))
    names = [stub.name for stub in assignment.stubs]
    found = similarity.matches(programs, similarity.handout(assignment), SHARE / 100, names)
    return [
        Pair((match.works[0].name, match.works[1].name), match.shares, match.stubs)
        for match in found
    ]


def _told_apart(works: Sequence[Work]) -> list[Work]:
    """Works of different people of one name have their places in their names."""
    people: dict[str, set[frozenset[str]]] = {}
    for work in works:
        people.setdefault(work.name, set()).add(work.people)
    return [
        work
        if len(people[work.name]) == 1
        else dataclasses.replace(work, name=f"{work.name} ({work.place})")
        for work in works
    ]


def _show(found: Sequence[Match], count: int, share: int, to: Path | None) -> None:
    if not found:
        console.print(f"{count} programs, and no two share {share} % of their own code.")
        return
    table = Table(title=f"\n{count} programs, {len(found)} pairs", title_justify="left")
    for column in ("", "of it shared", "", "of it shared", "lines", "where"):
        table.add_column(column, justify="right" if column not in ("", "where") else "left")
    for match in found[:MOST_ROWS]:
        table.add_row(*map(Text, _row(match)))
    console.print(table)
    if len(found) > MOST_ROWS and not to:
        console.print(f"{len(found) - MOST_ROWS} more pairs: --to FILE writes all of them.")
    console.print(
        "Similar programs are a reason to look, not a verdict; short functions have few right "
        "forms."
    )


def _row(match: Match) -> list[str]:
    """A pair as people read it, in the order of COLUMNS."""
    shares = [f"{share:.0%}" for share in match.shares]
    where = ", ".join(stub or "other code" for stub in match.stubs)
    first, second = (work.name for work in match.works)
    return [first, shares[0], second, shares[1], str(min(match.lines)), where]


def _csv(found: Sequence[Match]) -> bytes:
    from grader.reports.tables import BOM, to_csv

    paths = [[work.place for work in match.works] for match in found]
    rows = [[*_row(match), *both] for match, both in zip(found, paths)]
    return (BOM + to_csv([[*COLUMNS, "first_path", "second_path"], *rows])).encode()
