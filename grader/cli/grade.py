"""``grader grade``: submissions with the hidden checks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
    show_log,
)
from grader.cli.options import (
    AssignmentArgument,
    CourseOption,
    DataOption,
    DebugOption,
    Device,
    DeviceOption,
    Language,
    LanguageOption,
    Level,
    LevelOption,
    course_of,
)
from grader.errors import UsageError
from grader.i18n.words import _
from grader.reports import formats

if TYPE_CHECKING:
    from grader.grading.scoring import Result


@readable_errors
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
    force: Annotated[
        bool, typer.Option("--force", help="Run unchanged submissions again, too.")
    ] = False,
    jobs: Annotated[
        int,
        typer.Option(
            help="How many submissions to grade side by side; each job takes about 1 GB of memory.",
            show_default="one for each core, if there are four submissions for each",
            min=0,
        ),
    ] = 0,
    device: DeviceOption = Device.auto,
    isolation: LevelOption = Level.auto,
    data: DataOption = None,
    fail_under: Annotated[
        float,
        typer.Option(help="Exit with 1 if a score is below this percentage.", min=0, max=100),
    ] = 0,
    lang: LanguageOption = Language.en,
    course: CourseOption = Path(),
    debug: DebugOption = False,
) -> None:
    """Grade submissions of one assignment with its hidden checks.

    A submission that cannot be read, never ends or crashes gets a record that says so, and the
    next one is graded.

    Exit codes: 0 graded, 1 below --fail-under, 2 wrong usage, 3 this machine or the grader failed,
    130 interrupted (what was graded until then is shown and written).

    [dim]grader grade softmax_regression ada.ipynb bob.py --json results.json[/dim]
    """
    json = [f"json={json_file}"] if json_file is not None else []
    reports = formats.parse([*(wanted or []), *json])
    from grader.course import assignment as assignments
    from grader.grading.batch import default_jobs, grade_all
    from grader.grading.settings import Settings
    from grader.submissions.discovery import submissions

    for path in paths:
        if not path.exists():
            raise UsageError(_("There is no file or folder {path}.").format(path=path))
    folder = course_of(course)
    stubs = assignments.load(assignment, folder).stubs
    single = formats.about_one(reports)
    uploads = list(paths) if single else submissions(paths, stubs, out)
    formats.fit(reports, len(uploads))
    for report in reports:
        report.prepare()
    settings = Settings(device.value, isolation.value, data, lang.value)
    jobs = jobs or default_jobs(len(uploads))
    with _with_tables(out, assignment):
        results = grade_all(folder, assignment, uploads, settings, out, errors, force, jobs)
    _show(results, reports)
    if len(results) < len(uploads):
        raise typer.Exit(INTERRUPTED)
    if any(result.record.status == "infrastructure_error" for result in results):
        show_log()
        raise typer.Exit(INFRASTRUCTURE)
    if any(100 * r.grade.score < fail_under * r.grade.max_score for r in results):
        raise typer.Exit(BELOW_THRESHOLD)


@contextmanager
def _with_tables(out: Path | None, assignment: str) -> Iterator[None]:
    """Write grades.csv and summary.md about all results of the folder, however grading ends."""
    try:
        yield
    finally:
        if out is not None and out.is_dir():
            _write_tables(out, assignment)


def _write_tables(out: Path, assignment: str) -> None:
    from grader.grading.results_folder import Store, write
    from grader.reports import summary
    from grader.reports.formats import csv

    results = list(Store(out, assignment).results.values())
    results.sort(key=lambda result: result.record.submission)
    if results:
        write(out / "grades.csv", csv.render(results))
        write(out / "summary.md", summary.render(results))


def _show(results: list[Result], reports: list[formats.Report]) -> None:
    """Write the reports; tables for people, unless a report has the screen to itself."""
    from grader.reports import terminal

    if formats.SCREEN not in [report.file for report in reports]:
        for result in results:
            console.print(terminal.table(result))
        if len(results) > 1:
            console.print(terminal.overview(results))
    for report in reports:
        text = report.text(results)
        if report.file == formats.SCREEN:
            print(text, end="")  # typer.echo would write UTF-8 to an ASCII terminal
        else:
            report.file.write_text(text, "utf-8")
            errors.print(Text(f"{report.format}: {report.file}"))
