"""``grader grade``: submissions with the hidden checks."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from grader.cli.console import (
    BELOW_THRESHOLD,
    INFRASTRUCTURE,
    INTERRUPTED,
    console,
    errors,
    readable_errors,
    say_note,
    show_log,
)
from grader.cli.interrupts import say_how_to_go_on, two_interrupts
from grader.cli.options import (
    AssignmentArgument,
    CourseOption,
    DataOption,
    DebugOption,
    Device,
    DeviceOption,
    JobsOption,
    Language,
    LanguageOption,
    Level,
    LevelOption,
    course_of,
)
from grader.errors import UsageError
from grader.grading import engines
from grader.i18n.words import _
from grader.reports import formats
from grader.submissions import exports

if TYPE_CHECKING:
    from grader.course.assignment import Assignment
    from grader.grading.scoring import Result
    from grader.submissions.uploads import Upload


@readable_errors
@two_interrupts()
def grade(
    assignment: AssignmentArgument,
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help="Submissions: .py, .ipynb, the folder of one student or of a class, or a zip of "
            "either.",
        ),
    ],
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write all results as JSON; '-' for the screen.")
    ] = None,
    wanted: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="NAME=FILE",
            help=f"Write a report, such as junit=results.xml: {', '.join(formats.names())}; "
            "'-' as FILE is the screen. May be given several times.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for one record per submission, written as it ends, grades.csv and "
            "summary.md. What has not changed since is not run again."
        ),
    ] = None,
    db: Annotated[
        str | None,
        typer.Option(
            "--db",
            metavar="FILE_OR_URL",
            help="Gradebook to keep the results in, a file of SQLite or postgresql://USER:PASSWORD"
            "@HOST/NAME: who handed in what and when, every attempt. What has not changed since is "
            "not run again.",
            envvar="GRADER_DB",
            show_default="of a class, without --out: gradebook.sqlite in the course's folder",
        ),
    ] = None,
    pages: Annotated[
        bool,
        typer.Option(
            "--pages",
            help="With --out: also a page for each person, in pages/, and class.html about the "
            "class, as `grader report` writes them.",
        ),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Run unchanged submissions again, too.")
    ] = False,
    is_class: Annotated[
        bool | None,
        typer.Option(
            "--class/--single",
            help="What a folder or a zip is: everything in it a submission, or all of it one. "
            "Needed where the grader cannot tell.",
            show_default="told by what is in it",
        ),
    ] = None,
    reader: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="NAME",
            help="Which platform's export a folder or a zip of a class is: "
            f"{', '.join(exports.names())}.",
            show_default="told by its names",
        ),
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="CSV with the people of the course, as a platform exports it: gives names, ids "
            "and emails, and says who handed in nothing.",
        ),
    ] = None,
    jobs: JobsOption = 0,
    engine: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help=f"Where to grade ({', '.join(engines.names())}): 'local' is this machine, 'dask' "
            "the workers of a scheduler of Dask (docs/engines.md).",
        ),
    ] = engines.LOCAL,
    scheduler: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="For --engine dask: the address that `dask scheduler` printed, such as "
            "tcp://host:8786, or tls://host:8786.",
            show_default=False,
        ),
    ] = "",
    device: DeviceOption = Device.auto,
    isolation: LevelOption = Level.auto,
    data: DataOption = None,
    watch: Annotated[
        list[str] | None,
        typer.Option(
            metavar="BACKEND",
            help="Show the curves of trainings while they run: terminal, visdom or "
            "visdom:http://HOST:PORT, tensorboard or tensorboard:DIR, csv:FILE, json:FILE. May be "
            "given several times; one that fails changes no grade (docs/monitor.md).",
            show_default=False,
        ),
    ] = None,
    fail_under: Annotated[
        float,
        typer.Option(help="Exit with 1 if a score is below this percentage.", min=0, max=100),
    ] = 0,
    verbose: Annotated[
        bool,
        typer.Option("--verbose", help="Of a class, also the whole table of each person."),
    ] = False,
    lang: LanguageOption = Language.en,
    course: CourseOption = Path(),
    debug: DebugOption = False,
) -> None:
    """Grade submissions of one assignment with its hidden checks.

    A submission that cannot be read, never ends or crashes gets a record that says so, and the
    next one is graded.

    Exit codes: 0 graded, 1 below --fail-under, 2 wrong usage, 3 this machine or the grader failed,
    130 interrupted (what was graded until then is shown and written; the same command goes on
    where it was, with --out).

    [dim]grader grade softmax_regression ada.ipynb bob.py --json results.json[/dim]

    [dim]grader grade softmax_regression class.zip --db gradebook.sqlite[/dim]

    [dim]grader grade softmax_regression class.zip --out results --pages[/dim]

    [dim]grader grade softmax_regression class.zip --out results --watch visdom[/dim]
    """
    json = [f"json={json_file}"] if json_file is not None else []
    reports = formats.parse([*(wanted or []), *json])
    if formats.about_one(reports):
        is_class = False
    if reader is not None and is_class is False:
        raise UsageError("--from names the export of a class; --single says that it is none.")
    if pages and out is None:
        raise UsageError("--pages writes into the folder of the results: name it with --out DIR.")
    from grader.cli.gradebook import keeper_for, say_kept
    from grader.cli.people import match, tell
    from grader.course import assignment as assignments
    from grader.gradebook.roster import read_roster
    from grader.grading.batch import Keeper, grade_all
    from grader.grading.live_curves import check_backends
    from grader.grading.results_folder import Store
    from grader.grading.settings import Settings

    check_backends(watch or [])
    folder = course_of(course)
    people = read_roster(roster) if roster is not None else None
    loaded = assignments.load(assignment, folder)
    uploads = _uploads(paths, loaded, out, is_class, reader)
    tell(uploads)
    if people is not None:
        uploads = match(uploads, people, out)
    formats.fit(reports, len(uploads))
    for report in reports:
        report.prepare()
    settings = Settings(device.value, isolation.value, data, lang.value)
    keepers: list[Keeper] = [Store(out, assignment)] if out is not None else []
    is_of_class = any(upload.path not in paths for upload in uploads)
    book = None
    if db is not None or (out is None and is_of_class):
        book = keeper_for(db, folder, loaded, uploads, people)
        keepers += [book] if book else []
    results: list[Result] = []
    try:
        results = grade_all(
            folder,
            assignment,
            uploads,
            settings,
            keepers,
            errors,
            force,
            jobs,
            engine,
            scheduler,
            watch or [],
        )
    finally:  # about all results of the folder, however grading ends
        is_kept = out is None or not out.is_dir() or _write_tables(out, assignment, results)
    _show(results, reports, verbose, out)
    is_kept &= book is None or say_kept(book, assignment)
    if not is_kept:
        raise typer.Exit(INFRASTRUCTURE)
    if len(results) < len(uploads):
        say_how_to_go_on(len(results), len(uploads), bool(keepers))
        raise typer.Exit(INTERRUPTED)
    _say_what_is_next(assignment, results, out, bool(keepers or reports))
    if pages and out is not None:
        from grader.cli.report import write_pages
        from grader.cli.works import OfFolder

        write_pages(OfFolder(out, loaded), loaded, out / "pages", out / "class.html")
    if any(result.record.status == "infrastructure_error" for result in results):
        show_log()
        raise typer.Exit(INFRASTRUCTURE)
    if any(100 * r.grade.score < fail_under * r.grade.max_score for r in results):
        raise typer.Exit(BELOW_THRESHOLD)


def _uploads(
    paths: list[Path],
    assignment: Assignment,
    out: Path | None,
    is_class: bool | None,
    reader: str | None,
) -> list[Upload]:
    """What the paths name, with notes about it. Raises UsageError."""
    from grader.submissions.discovery import submissions

    for path in paths:
        if not os.path.lexists(path):
            raise UsageError(_("There is no file or folder {path}.").format(path=path))
    found = submissions(paths, assignment, out, is_class, reader)
    for note in found.notes:
        say_note(note)
    return found.uploads


def _write_tables(out: Path, assignment: str, graded: list[Result]) -> bool:
    """Write grades.csv and summary.md. Whether they and all that was graded now are there."""
    from grader.grading.results_folder import Store, unwritten, write
    from grader.reports import summary
    from grader.reports.formats import csv
    from grader.submissions.uploads import Upload

    try:
        store = Store(out, assignment)
        results = sorted(store.results.values(), key=lambda result: result.record.submission)
        if results:
            write(out / "grades.csv", csv.render(results))
            write(out / "summary.md", summary.render(results))
    except (OSError, UsageError) as error:
        text = unwritten(out, error) if isinstance(error, OSError) else str(error)
        errors.print(Text(text))
        return False
    return all(store.earlier(Upload(Path(result.record.path))) for result in graded)


def _show(
    results: list[Result], reports: list[formats.Report], verbose: bool, out: Path | None
) -> None:
    """Write the reports; tables for people, unless a report has the screen to itself."""
    if formats.SCREEN not in [report.file for report in reports]:
        _show_tables(results, verbose, out)
    for report in reports:
        text = report.text(results)
        if report.file == formats.SCREEN:
            print(text, end="")  # typer.echo would write UTF-8 to an ASCII terminal
        else:
            report.file.write_text(text, "utf-8")
            errors.print(Text(f"{report.format}: {report.file}"))


def _show_tables(results: list[Result], verbose: bool, out: Path | None) -> None:
    """The whole table of a single submission; of a class a line for each person."""
    from grader.reports import terminal
    from grader.reports.class_report import class_report
    from grader.reports.notes import common_notes, own_notes

    if len(results) == 1:
        console.print(terminal.table(results[0]))
    elif results:
        common = common_notes(results)
        for result in results if verbose else []:
            console.print(terminal.table(result, own_notes(result, common)))
        console.print()
        console.print(class_report(results, console.width, str(out / "summary.md") if out else ""))


def _say_what_is_next(
    assignment: str, results: list[Result], out: Path | None, is_kept: bool
) -> None:
    """Where all of it lies, and what can be done with it."""
    from grader.grading.answers import groups

    if len(results) > 1 and not is_kept:
        errors.print(Text("Nothing of this is kept: --out DIR writes records and grades."))
    if out is None:
        return
    errors.print(Text(f"records, grades.csv, summary.md: {out}"), soft_wrap=True)
    if any(len(group.submissions) > 1 for group in groups(results)):
        command = shlex.join(["grader", "misconception", "list", assignment, str(out)])
        text = f"Several have the same wrong answer, which has no name yet: {command}"
        errors.print(Text(text), soft_wrap=True)
