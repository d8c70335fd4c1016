"""What authors type: ``new``, ``import``, ``template``, ``preview``, ``release``, ``package`` and
``validate``."""

from __future__ import annotations

import os
import re
import tempfile
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from grader.cli.console import (
    BELOW_THRESHOLD,
    console,
    errors,
    readable_errors,
    said_as_it_goes,
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


class Form(str, Enum):
    notebook = "notebook"
    script = "script"
    both = "both"


class SourceForm(str, Enum):
    script = "script"
    notebook = "notebook"


class Format(str, Enum):
    nbgrader = "nbgrader"
    otter = "otter"


class Service(str, Enum):
    gradescope = "gradescope"
    github = "github"


NewCourseOption = Annotated[
    Path,
    typer.Option(
        help="Folder of the course; a new course begins where there is none.",
        envvar="GRADER_COURSE",
        show_default="the current folder, or the nearest course above it",
    ),
]
FormOption = Annotated[
    SourceForm,
    typer.Option(help="What you write the solution in: solution.py, or solution.ipynb in Jupyter."),
]
ToOption = Annotated[Path, typer.Option(help="A folder, or a file that ends with .zip.")]


@readable_errors
def new(
    name: Annotated[str, typer.Argument(help="Name of the assignment: letters, digits and _.")],
    title: Annotated[str, typer.Option(help="Its heading.", show_default="the name in words")] = "",
    form: FormOption = SourceForm.script,
    course: NewCourseOption = Path(),
) -> None:
    """Begin an assignment: two folders that work, to be changed from there.

    One stub with a public and a hidden check and two known mistakes. docs/authoring.md goes on from
    here, step by step.

    [dim]grader new convolution --title "Convolution by hand"[/dim]
    """
    from grader.course.scaffold import create

    folder = _course_or_new(course)
    for file in create(name, folder, title, form.value):
        console.print(Text(os.path.relpath(file)), soft_wrap=True)
    console.print(
        Text(
            f"\nNext: change solutions/{name}/ and assignments/{name}/, then\n"
            f"  grader template {name}    cut the template again\n"
            f"  grader validate {name}    prove the checks\n"
            f"  grader preview {name}     see what students get"
        )
    )


@readable_errors
def import_(
    service: Annotated[
        Format, typer.Argument(metavar="nbgrader|otter", help="What it was made for.")
    ],
    path: Annotated[
        Path, typer.Argument(help="A notebook with its solution, or a folder with some of them.")
    ],
    name: Annotated[
        str | None, typer.Option(help="Name of the assignment.", show_default="the file's")
    ] = None,
    form: FormOption = SourceForm.script,
    course: NewCourseOption = Path(),
) -> None:
    """Make an assignment from a source notebook of nbgrader or a master notebook of Otter Assign.

    Text, solution, tests and points become ours as far as a rule can say how. What needs a hand is
    listed, and kept as solutions/NAME/import.md. docs/importing.md says what becomes what.

    Exit codes: 0 written, 2 it cannot become an assignment that loads: nothing is written.

    [dim]grader import nbgrader source/ps1 --name regression[/dim]
    """
    from grader.course.importing import create

    words = re.sub(r"\W+", "_", path.resolve().stem, flags=re.ASCII).lower()
    chosen = name or words.strip("_").lstrip("0123456789_")
    made = create(service.value, path, chosen, _course_or_new(course), form.value)
    for file in made.files:
        console.print(Text(os.path.relpath(file)), soft_wrap=True)
    console.print(Text(f"\n{made.summary}"))
    if made.notes:
        console.print(Text(f"\nNeeds a hand (kept as solutions/{chosen}/import.md):"))
    for number, note in enumerate(made.notes, start=1):
        where = f"{note.where}: " if note.where else ""
        console.print(Text(f"{number:3}. {where}{note.what}. {note.todo}"))
    console.print(
        Text(
            f"\nNext: look at solutions/{chosen}/ and assignments/{chosen}/, then\n"
            f"  grader validate {chosen}    prove the checks"
        )
    )


def _course_or_new(folder: Path) -> Path:
    """The course that a folder is in; the folder itself where it is in none."""
    try:
        return course_of(folder)
    except UsageError:
        return folder.resolve()


@readable_errors
def template(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ASSIGNMENT]...", help="Default: all of the course."),
    ] = None,
    course: CourseOption = Path(),
) -> None:
    """Cut what is public from the solutions: the template as .py and .ipynb, and the public
    assignment.toml.

    Exit codes: 0 written, 2 a mark or an assignment.toml is wrong: file and line are said.

    [dim]grader template convolution[/dim]
    """
    from grader.course import assignment as assignments
    from grader.course import templates

    folder = course_of(course)
    for name in names or assignments.available(folder):
        loaded = assignments.load(name, folder)
        for file in templates.write(loaded.solution, loaded.public):
            console.print(Text(os.path.relpath(file)), soft_wrap=True)


@readable_errors
def preview(
    assignment: AssignmentArgument,
    to: Annotated[
        Path | None, typer.Option(help="Folder for the handout.", show_default="a temporary one")
    ] = None,
    jupyter: Annotated[
        bool, typer.Option("--jupyter", help="Open the notebook in JupyterLab instead.")
    ] = False,
    lang: LanguageOption = Language.en,
    course: CourseOption = Path(),
) -> None:
    """See what students get: README and notebook in the browser, or the handout in JupyterLab.

    [dim]grader preview convolution[/dim]
    """
    from grader.course import assignment as assignments
    from grader.course import preview as previews
    from grader.course.files import write
    from grader.course.release import contents

    loaded = assignments.load(assignment, course_of(course))
    folder = to or Path(tempfile.mkdtemp(prefix=f"{assignment}-"))
    write(contents(loaded), folder)
    if jupyter:
        previews.open_jupyter(folder / assignment)
        return
    page = previews.page(folder / assignment)
    console.print(Text(f"What students get: {folder}\nThe page: {page}"), soft_wrap=True)
    previews.open_browser(page)


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
    from grader.course import assignment as assignments
    from grader.grading.jobs import preload

    files = sorted(alternatives.glob("*.py")) if alternatives else []
    if alternatives and not files:
        raise UsageError(f"There are no .py files in {alternatives}.")
    preload(assignments.load(assignment, course_of(course)))  # both import torch, side by side

    from grader.grading.settings import Settings
    from grader.validation import report
    from grader.validation.proof import prove

    with said_as_it_goes(errors) as say:
        proof = prove(
            course_of(course),
            assignment,
            Settings(device.value, isolation.value, data),
            say,
            runs=runs,
            alternatives=files,
            with_mutants=mutants,
        )
    report.show(proof, console)
    if proof.findings:
        raise typer.Exit(BELOW_THRESHOLD)
