"""``grader release``, ``package`` and ``validate``: for the author of an assignment."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from grader.cli.console import BELOW_THRESHOLD, console, errors, readable_errors
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


class Form(str, Enum):
    notebook = "notebook"
    script = "script"
    both = "both"


class Service(str, Enum):
    gradescope = "gradescope"
    github = "github"


ToOption = Annotated[Path, typer.Option(help="A folder, or a file that ends with .zip.")]


@readable_errors
def release(
    assignment: AssignmentArgument,
    to: ToOption,
    form: Annotated[Form, typer.Option(help="What the template is.")] = Form.notebook,
    lang: LanguageOption = Language.en,
    course: CourseOption = Path(),
) -> None:
    """Write what students get: template, README, public checks, the grader; nothing private.

    [dim]grader release softmax_regression --to handout.zip[/dim]
    """
    from grader.course import assignment as assignments
    from grader.course.files import write
    from grader.course.release import contents

    files = contents(assignments.load(assignment, course_of(course)), form.value)
    write(files, to)
    for name in files:
        console.print(Text(f"{to}: {name}"))


@readable_errors
def package(
    service: Annotated[Service, typer.Argument(help="The service that runs the checks.")],
    assignment: AssignmentArgument,
    to: ToOption,
    torch_index: Annotated[
        str | None,
        typer.Option(
            help="Address of the package index to take PyTorch from: its site names the one of the "
            "build for processors, which is a third of the size."
        ),
    ] = None,
    lang: LanguageOption = Language.en,
    course: CourseOption = Path(),
) -> None:
    """Pack an assignment for Gradescope (all of it), or for GitHub Actions (what is public).

    [dim]grader package gradescope softmax_regression --to autograder.zip[/dim]
    """
    from grader.course import assignment as assignments
    from grader.course import packaging as packages
    from grader.course.files import write

    pack = {Service.gradescope: packages.gradescope, Service.github: packages.github}[service]
    files = pack(assignments.load(assignment, course_of(course)), torch_index)
    write(files, to)
    console.print(Text(f"{to}: {len(files)} files"))


@readable_errors
def validate(
    assignment: AssignmentArgument,
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
    from grader.grading.settings import Settings
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
            lambda text: status.update(Text(text)),
            runs=runs,
            alternatives=files,
            with_mutants=mutants,
        )
    report.show(proof, console)
    if proof.findings:
        raise typer.Exit(BELOW_THRESHOLD)
