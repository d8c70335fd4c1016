"""``grader show``: what somebody's page says, in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.console import console, readable_errors
from grader.cli.gradebook import book_at
from grader.cli.grades import policy_of
from grader.cli.options import (
    CourseOption,
    DbOption,
    DebugOption,
    Language,
    LanguageOption,
    course_of,
)
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.cli.works import Entry, Source
    from grader.course.assignment import Assignment
    from grader.gradebook.book import Gradebook
    from grader.gradebook.grades import Member


@readable_errors
def show(
    person: Annotated[
        str, typer.Argument(help="A name, an id, an email, or a part that nobody else has.")
    ],
    stub: Annotated[
        str | None, typer.Argument(help="Only this stub, with all about it. Default: all of them.")
    ] = None,
    assignment: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Which assignment; needed where the person has handed in several.",
            show_default="the only one",
        ),
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The folder that `grader grade --out` wrote.",
            show_default="the gradebook",
        ),
    ] = None,
    db: DbOption = None,
    lang: LanguageOption = Language.en,
    course: CourseOption = Path(),
    debug: DebugOption = False,
) -> None:
    """Show what the page of somebody says: the grade, and for each stub what is wrong, beside the
    own lines.

    For an office hour: the same as in the file that `grader report` sends back, so nothing that a
    hidden check expects.

    Exit codes: 0 shown, 2 nobody is called so, or several are.

    [dim]grader show "Ada Lovelace"[/dim]

    [dim]grader show ada softmax --results results[/dim]: one stub, of a folder
    """
    from grader.cli.works import Maker
    from grader.reports.person import show as shown

    with _found(person, assignment, results, db, course) as (source, entry, loaded):
        names = [one.name for one in loaded.stubs]
        if stub is not None and stub not in names:
            from grader.course.strict_toml import suggestion

            raise UsageError(f"{loaded.name} has no stub {stub}: {suggestion(stub, names)}")
        console.print(shown(Maker(source, loaded).work(entry), loaded.title, stub))


@contextmanager
def _found(
    person: str, assignment: str | None, results: Path | None, db: str | None, course: Path
) -> Iterator[tuple[Source, Entry, Assignment]]:
    """Whose page it is, and where it comes from. Raises UsageError."""
    from grader.cli.works import OfBook, OfFolder
    from grader.course import assignment as assignments
    from grader.gradebook.finding import meant
    from grader.grading.results_folder import assignments_in

    folder = course_of(course)
    if results is not None:
        if not results.is_dir():
            raise UsageError(f"There is no folder {results}; `grader grade --out` writes one.")
        name = assignment or _only(assignments_in(results), str(results))
        loaded = assignments.load(name, folder)
        of_folder = OfFolder(results, loaded)
        people = [*dict.fromkeys(entry.member for entry in of_folder.entries)]
        member = meant(people, person, str(results))
        yield of_folder, _of(member, of_folder.entries), loaded
        return
    with book_at(db, course) as book:
        member = book.find(person)
        name = assignment or _only(_handed_in(book, member.id), member.name)
        loaded = assignments.load(name, folder)
        of_book = OfBook(book, loaded, policy_of(folder, book))
        yield of_book, _of(member, of_book.entries), loaded


def _handed_in(book: Gradebook, member: int) -> list[str]:
    """The assignments that somebody has handed in; of who has none, all."""
    everything = book.handed_in()
    return [name for name, people in everything.items() if member in people] or [*everything]


def _only(names: Sequence[str], whose: str) -> str:
    """The only one. Raises UsageError, which says how to choose."""
    if len(names) == 1:
        return names[0]
    if not names:
        raise UsageError(f"There is nothing of {whose} yet: `grader grade` puts it there.")
    raise UsageError(f"{whose} has {', '.join(names)}. Say which: --assignment {names[-1]}")


def _of(member: Member, entries: Sequence[Entry]) -> Entry:
    """The entry of somebody; of several attempts the last. Raises UsageError."""
    own = [entry for entry in entries if entry.member == member]
    if not own:
        raise UsageError(f"{member.name} is not on the roster and has handed in nothing of it.")
    return max(own, key=lambda entry: entry.origin.attempt)
