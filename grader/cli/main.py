"""The command line. The work is done elsewhere; torch is imported late: ``--help`` is quick."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from typing import Annotated

import typer

from grader import __version__
from grader.cli import author, gradebook, machine, misconception, student
from grader.cli.adjust import adjust
from grader.cli.console import Commands
from grader.cli.export import export
from grader.cli.grade import grade
from grader.cli.grades import grades
from grader.cli.regrade import regrade
from grader.cli.report import report
from grader.cli.show import show
from grader.cli.similar import similar

app = typer.Typer(
    name="grader",
    help="Grades deep-learning coursework: student code runs in a sandbox, the checks outside it.",
    cls=Commands,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for command in (
    grade,
    regrade,
    adjust,
    export,
    report,
    show,
    student.check,
    author.new,
    author.template,
    author.preview,
    author.release,
    author.package,
    author.validate,
    machine.data,
    machine.doctor,
):
    app.command()(command)
app.command("import")(author.import_)
app.add_typer(misconception.app, name="misconception")
gradebook.app.command()(grades)
gradebook.app.command()(similar)
app.add_typer(gradebook.app, name="gradebook")


def _show_version(wanted: bool) -> None:
    if not wanted:
        return
    try:
        torch = version_of("torch")
    except PackageNotFoundError:
        torch = "not installed"
    typer.echo(f"grader {__version__}, Python {platform.python_version()}, torch {torch}")
    raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Show the versions of the grader, Python and torch.",
        ),
    ] = False,
) -> None:
    """Options of the program itself."""
