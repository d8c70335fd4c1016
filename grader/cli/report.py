"""``grader report``: a page for each person, and one about the class."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer
from rich.text import Text

from grader.cli.console import errors, listed, progress, readable_errors, say_note
from grader.cli.gradebook import book_at
from grader.cli.grades import policy_of
from grader.cli.options import (
    AssignmentArgument,
    CourseOption,
    DebugOption,
    Language,
    LanguageOption,
    course_of,
)
from grader.course.extras import require
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.cli.pages import Folder
    from grader.cli.works import Source
    from grader.course.assignment import Assignment
    from grader.reports.pages.class_page import Pair
    from grader.reports.pages.work import Work

WITHOUT_NBCONVERT = (
    "Notebooks are shown as code. To show them as they look, install the extra pages: pip install "
    "-e '.[pages]' in the grader's repository"
)
MOST_COMPARED = 300  # programs that are compared in seconds; the time grows with their square


@readable_errors
def report(
    assignment: AssignmentArgument,
    results: Annotated[
        str | None,
        typer.Argument(
            metavar="RESULTS",
            help="The folder that `grader grade --out` wrote, or a gradebook: its file, or "
            "postgresql://USER:PASSWORD@HOST/NAME.",
            envvar="GRADER_DB",
            show_default="gradebook.sqlite in the course's folder",
        ),
    ] = None,
    feedback: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write a page for each person into this folder, to be sent back, and a zip of all "
            "for Moodle or Canvas if what was handed in came from there.",
        ),
    ] = None,
    class_file: Annotated[
        Path | None,
        typer.Option(
            "--class",
            metavar="FILE",
            help="Write one page about the class, for you, and its figures beside it as CSV.",
        ),
    ] = None,
    similar: Annotated[
        bool,
        typer.Option(
            "--similar",
            help=f"Name similar programs in --class also of more than {MOST_COMPARED} people, "
            "which takes a minute or more.",
        ),
    ] = False,
    lang: LanguageOption = Language.en,
    course: CourseOption = Path(),
    debug: DebugOption = False,
) -> None:
    """Write pages to look at: one for each person, and one about the class.

    A page is one file that needs no network: mail it, print it, open it anywhere. A student's page
    has the grade and how it came about, and for each stub what is wrong, beside the student's own
    lines. What a hidden check expects is in none of them. The page about the class is yours alone.

    Nothing is run. From a gradebook the grades are those of `grader gradebook grades`, with
    lateness and what was adjusted by hand; from a folder of results those of the checks.

    All pages are made anew each time, and those of people who have gone are removed. Nobody gets a
    page who has no grade yet, because the machine failed, it is not due, or for an excuse.

    Exit codes: 0 written, 2 there are no such results, or they cannot be written.

    [dim]grader report softmax_regression --feedback feedback --class class.html[/dim]: by the
    course's gradebook

    [dim]grader report softmax_regression results --feedback feedback --lang zh[/dim]: of a folder,
    in Chinese
    """
    from grader.course import assignment as assignments

    if feedback is None and class_file is None:
        raise UsageError(
            "Say what to write: --feedback DIR for a page for each person, --class FILE for one "
            f"about the class. Such as: grader report {assignment} --feedback feedback --class "
            "class.html"
        )
    folder = course_of(course)
    loaded = assignments.load(assignment, folder)
    with source_of(results, loaded, folder) as source:
        write_pages(source, loaded, feedback, class_file, similar)


@contextmanager
def source_of(results: str | None, assignment: Assignment, course: Path) -> Iterator[Source]:
    """What pages are made from: a folder of results, else a gradebook, that of the course if
    nothing is named. Raises UsageError."""
    from grader.cli.works import OfBook, OfFolder

    if results is not None and Path(results).is_dir():
        yield OfFolder(Path(results), assignment)
        return
    if results is not None and "://" not in results and not Path(results).exists():
        raise UsageError(
            f"There is no folder or gradebook {results}. `grader grade --out DIR` writes a folder; "
            "without a name the gradebook of the course is read."
        )
    with book_at(results, course) as book:
        source = OfBook(book, assignment, policy_of(course, book))
        if not any(entry.result for entry in source.entries):
            raise UsageError(
                f"{book.place} holds no submissions of {assignment.name}. `grader grade` puts them "
                "there; or name the folder of its --out."
            )
        yield source


def write_pages(
    source: Source,
    assignment: Assignment,
    feedback: Path | None,
    class_file: Path | None,
    with_similar: bool = False,
) -> None:
    """Write the pages that are wanted, and say where they are. with_similar: compare the programs
    however many there are. Raises UsageError."""
    from grader.cli.pages import Folder, file_names
    from grader.cli.works import Maker
    from grader.grading.results_folder import write
    from grader.reports.pages import class_csv, class_page, student

    if class_file is not None:
        _check_place(class_file, feedback)
    people = [entry.name for entry in source.entries if entry.has_page]
    names = dict(zip(people, file_names(people)))
    maker = Maker(source, assignment)
    works: list[Work] = []
    has_notebooks = False
    with Folder(feedback, assignment.name, names.values()) if feedback else nullcontext() as folder:
        for entry in progress(source.entries, "pages"):
            place = folder if entry.has_page else None
            work = maker.work(entry, for_class=place is None)
            if place is not None:
                page = student.render(work, assignment.title)
                place.add(names[entry.name], page, entry.origin, entry.path)
            has_notebooks |= bool(work.notebook)
            works.append(replace(work, notebook="", pictures=()))
    if folder is not None:
        _tell(folder, source)
        if has_notebooks and find_spec("nbconvert") is None:
            say_note(WITHOUT_NBCONVERT)
    if maker.without_code:
        text = f"{len(maker.without_code)} without code: it is not there any more as it was graded"
        say_note(listed(text, maker.without_code))
    if class_file is not None:
        pairs = _pairs(source, assignment, with_similar)
        page = class_page.render(
            assignment.title, works, _links(names, feedback, class_file), pairs
        )
        class_file.parent.mkdir(parents=True, exist_ok=True)
        write(class_file.with_name(f"{class_file.stem}_figures.csv"), class_csv.render(works))
        write(class_file, page)
        errors.print(Text(f"class report: {class_file}"), soft_wrap=True)


def _check_place(class_file: Path, feedback: Path | None) -> None:
    """Raises UsageError where the page about the class cannot be, or would be sent to students."""
    if class_file.is_dir():
        raise UsageError(f"{class_file} is a folder. Name a file: --class {class_file}/class.html")
    if feedback is not None and class_file.resolve().parent == feedback.resolve():
        raise UsageError(
            f"{class_file} would lie among the pages that are sent to students. Put it beside the "
            f"folder: --class {feedback.parent / class_file.name}"
        )


def _pairs(source: Source, assignment: Assignment, is_wanted: bool) -> list[Pair]:
    """The pairs of similar programs; none in a large class where nobody wants them. Raises
    UsageError where they are wanted, and the package that compares is missing."""
    if is_wanted:
        require("copydetect", "class")
    elif len(source.entries) > MOST_COMPARED or find_spec("copydetect") is None:
        return []
    from grader.cli.similar import pairs_in

    return pairs_in(source, assignment)


def _tell(folder: Folder, source: Source) -> None:
    """Where the pages are, how they are sent back, and who gets none."""
    count = len(folder.written)
    errors.print(Text(f"pages of {count} people: {folder.folder}"), soft_wrap=True)
    for platform, file in folder.zips.items():
        errors.print(Text(f"to upload to {platform.capitalize()}: {file}"), soft_wrap=True)
    if folder.zips and folder.outside:
        text = f"{len(folder.outside)} in no zip, for the platform's number of them is not known"
        say_note(listed(text, folder.outside))
    without = [entry.name for entry in source.entries if not entry.has_page]
    if without:
        say_note(listed(f"{len(without)} have no grade yet, and no page", without))
    if folder.removed:
        say_note(listed(f"{len(folder.removed)} files of an earlier run are gone", folder.removed))


def _links(names: Mapping[str, str], feedback: Path | None, class_file: Path) -> dict[str, str]:
    """The address of each person's page as the page about the class has it."""
    if feedback is None:
        return {}
    start = os.path.relpath(feedback.resolve(), class_file.resolve().parent)
    return {person: quote(Path(start, f"{name}.html").as_posix()) for person, name in names.items()}
