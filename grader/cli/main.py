"""The command line. The work is done elsewhere; torch is imported late: ``--help`` is quick."""

from __future__ import annotations

import gc
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from grader.cli import misconception
from grader.cli.console import (
    BELOW_THRESHOLD,
    INFRASTRUCTURE,
    INTERRUPTED,
    AssignmentArgument,
    CourseOption,
    DebugOption,
    Language,
    LanguageOption,
    console,
    course_of,
    errors,
    readable_errors,
    speak,
)
from grader.errors import UnreadableSubmission, UsageError
from grader.grading import log
from grader.i18n.words import _

if TYPE_CHECKING:
    from grader.course.assignment import Assignment
    from grader.grading.scoring import Result
    from grader.reports.formats import Report

app = typer.Typer(
    name="grader",
    help="Grades deep-learning coursework: student code runs in a sandbox, the checks outside it.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.add_typer(misconception.app, name="misconception")


class Device(str, Enum):
    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"
    fake = "fake"


class Level(str, Enum):
    auto = "auto"
    namespaces = "namespaces"
    landlock = "landlock"
    process = "process"


class Service(str, Enum):
    gradescope = "gradescope"
    github = "github"


DeviceOption = Annotated[
    Device,
    typer.Option(
        help="Where tensors of the checks live. 'auto' takes CUDA if a sandbox can use it; 'fake' "
        "is for tests."
    ),
]
LevelOption = Annotated[
    Level,
    typer.Option(
        help="How student code is kept apart. 'auto' takes the strongest level that passes its "
        "probe here; 'process' is no protection and must be asked for by name."
    ),
]
DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help="Folder with the data set's idx files; the word 'embedded' takes the small subset "
        "that comes with the grader. Default: $GRADER_DATA, the cache, the system's package, "
        "a download, the subset.",
    ),
]


@app.command()
@readable_errors
def grade(
    assignment: AssignmentArgument,
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help="Submissions: .py, .ipynb, the folder of one student, or the folder of a class.",
        ),
    ],
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write all results as JSON; '-' for the screen.")
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="NAME=FILE",
            help="Write a report: json, junit, gradescope, github, markdown or csv, such as "
            "junit=results.xml; '-' as FILE is the screen. May be given several times.",
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
    from grader.reports import formats as report_formats

    wanted = [*(formats or []), *([f"json={json_file}"] if json_file is not None else [])]
    reports = report_formats.parse(wanted)
    from grader.course import assignment as assignments
    from grader.grading.batch import default_jobs, grade_all
    from grader.grading.session import Settings
    from grader.submissions.discovery import submissions

    for path in paths:
        if not path.exists():
            raise UsageError(_("There is no file or folder {path}.").format(path=path))
    folder = course_of(course)
    stubs = assignments.load(assignment, folder).stubs
    single = report_formats.about_one(reports)
    uploads = list(paths) if single else submissions(paths, stubs, out)
    report_formats.fit(reports, len(uploads))
    for report in reports:
        report.file.parent.mkdir(parents=True, exist_ok=True)
    settings = Settings(device.value, isolation.value, data, lang.value)
    jobs = jobs or default_jobs(len(uploads))
    results = grade_all(folder, assignment, uploads, settings, out, errors, force, jobs)
    _print_results(results, reports)
    if len(results) < len(uploads):
        raise typer.Exit(INTERRUPTED)
    if any(result.record.status == "infrastructure_error" for result in results):
        errors.print(escape(log.place()), highlight=False, soft_wrap=True)
        raise typer.Exit(INFRASTRUCTURE)
    if any(100 * r.grade.score < fail_under * r.grade.max_score for r in results):
        raise typer.Exit(BELOW_THRESHOLD)


def _print_results(results: list[Result], reports: list[Report]) -> None:
    """Write the reports; tables for people, unless a report has the screen to itself."""
    from grader.reports import terminal
    from grader.reports.formats import SCREEN

    if SCREEN not in [report.file for report in reports]:
        for result in results:
            console.print(terminal.table(result))
        if len(results) > 1:
            console.print(terminal.overview(results))
    for report in reports:
        text = report.text(results)
        if report.file == SCREEN:
            typer.echo(text, nl=False)
        else:
            report.file.write_text(text, "utf-8")
            errors.print(escape(f"{report.format}: {report.file}"), highlight=False)


@app.command()
@readable_errors
def check(
    path: Annotated[
        Path, typer.Argument(help="Your notebook or .py file, or the folder it is in.")
    ] = Path(),
    stub: Annotated[str | None, typer.Option(help="Check this stub only.")] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Check again each time you save; Ctrl-C ends it.")
    ] = False,
    lang: Annotated[
        Language | None,
        typer.Option(
            callback=speak,
            show_default="that of the environment ($LANG and the like)",
            help="Language of the messages.",
        ),
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Run the public checks on your own file: what is done, what is next, what is wrong.

    Needs nothing but the folder that you were given. Exit codes: 0 everything passes, 1 something
    is missing or wrong, 2 wrong usage, 3 this machine failed.
    """
    from grader.student import public

    if not path.exists():
        raise UsageError(_("There is no file or folder {path}.").format(path=path))
    assignment = public.assignment_of(path)
    file = public.file_in(path, assignment) if path.is_dir() else path
    if not watch:
        passes = _check(file, assignment, stub)
        gc.freeze()  # else the exit goes through all of torch, for a quarter of a second
        raise typer.Exit(0 if passes else BELOW_THRESHOLD)
    with suppress(KeyboardInterrupt):
        for _save in public.saves(file):
            console.rule()
            _check(file, assignment, stub)
            waiting = _("Waiting for the next save; Ctrl-C ends it.")
            console.print(f"[dim]{waiting}[/dim]")


def _check(file: Path, assignment: Assignment, stub: str | None) -> bool:
    """Check once and show the result; True if everything passes."""
    from grader.reports import progress
    from grader.student import public

    try:
        result = public.check(file, assignment, stub)
    except UnreadableSubmission as error:
        console.print(escape(str(error)), highlight=False)
        return False
    console.print(progress.terminal(result, stub))
    return progress.following(progress.lines(result, stub)) is None


@app.command()
@readable_errors
def release(
    assignment: AssignmentArgument,
    to: Annotated[Path, typer.Option(help="A folder, or a file that ends with .zip.")],
    lang: LanguageOption = Language.en,
    course: CourseOption = Path(),
) -> None:
    """Write what students get: template, README, public checks, packages; nothing private."""
    from grader.course import assignment as assignments
    from grader.course import release as releases

    files = releases.contents(assignments.load(assignment, course_of(course)))
    releases.write(files, to)
    for name in files:
        console.print(escape(f"{to}: {name}"), highlight=False)


@app.command()
@readable_errors
def package(
    service: Annotated[Service, typer.Argument(help="The service that runs the checks.")],
    assignment: AssignmentArgument,
    to: Annotated[Path, typer.Option(help="A folder, or a file that ends with .zip.")],
    lang: LanguageOption = Language.en,
    course: CourseOption = Path(),
) -> None:
    """Pack an assignment for Gradescope (all of it), or for GitHub Actions (what is public)."""
    from grader.course import assignment as assignments
    from grader.course import packaging as packages
    from grader.course import release as releases

    pack = {Service.gradescope: packages.gradescope, Service.github: packages.github}[service]
    files = pack(assignments.load(assignment, course_of(course)))
    releases.write(files, to)
    console.print(escape(f"{to}: {len(files)} files"), highlight=False)


@app.command()
@readable_errors
def validate(
    assignment: Annotated[str, typer.Argument(help="Name of the assignment, a folder's name.")],
    alternatives: Annotated[
        Path | None,
        typer.Option(
            help="Folder of other correct styles: .py files with definitions that replace those of "
            "the solution."
        ),
    ] = None,
    runs: Annotated[
        int,
        typer.Option(help="How often the solution is graded, each time with other seeds.", min=1),
    ] = 3,
    mutants: Annotated[
        bool, typer.Option("--mutants", help="Also grade small changes of every stub: minutes.")
    ] = False,
    isolation: LevelOption = Level.auto,
    device: DeviceOption = Device.auto,
    data: DataOption = None,
    course: CourseOption = Path(),
    debug: DebugOption = False,
) -> None:
    """Prove the checks of an assignment before students meet them.

    The solution must have full marks on every run, device and data set, and the template none;
    every misconception must lose points on its own stub only and be named; other correct styles
    must keep full marks; nothing of the solution may be in the handout. Says which checks no
    misconception fails, how many standard deviations lie between a training and its limits and,
    with --mutants, which small changes no check notices.

    Exit codes: 0 nothing to change, 1 something to change, 2 wrong usage, 3 this machine failed.

    [dim]grader validate softmax_regression --runs 5[/dim]
    """
    from grader.grading.session import Settings
    from grader.validation import report
    from grader.validation.proof import prove

    files = sorted(alternatives.glob("*.py")) if alternatives else []
    if alternatives and not files:
        raise UsageError(f"There are no .py files in {alternatives}.")
    with errors.status("") as status:
        proof = prove(
            course_of(course),
            assignment,
            Settings(device.value, isolation.value, data),
            lambda text: status.update(escape(text)),
            runs=runs,
            alternatives=files,
            with_mutants=mutants,
        )
    report.show(proof, console)
    if proof.findings:
        raise typer.Exit(BELOW_THRESHOLD)


@app.command()
@readable_errors
def data(
    name: Annotated[str, typer.Argument(help="FashionMNIST or MNIST.")] = "FashionMNIST",
    data: DataOption = None,
) -> None:
    """Say which copy of a data set is used and from where; fetch and unpack it if need be."""
    from grader.course import datasets

    found = datasets.find(name, data)
    console.print(f"{found.name}, {found.variant}: {found.source}", highlight=False)
    console.print(f"  public split (mounted in sandboxes): {found.public_root}", highlight=False)
    console.print(f"  hidden test images: {len(found.hidden_labels()):,}", highlight=False)
    console.print(f"  sha256: {found.sha256}", highlight=False)
    if found.variant == "embedded":
        console.print(
            "This is the small subset. For the full data set install the system package "
            "dataset-fashion-mnist, or give its folder: --data DIR."
        )


@app.command()
@readable_errors
def doctor(debug: DebugOption = False) -> None:
    """Show what this machine gives: isolation, device, data, versions; and what to repair.

    Exit code 3 when hidden checks cannot be run here.
    """
    from grader.cli.doctor import examine

    if not examine(console):
        raise typer.Exit(INFRASTRUCTURE)
