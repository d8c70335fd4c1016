"""``grader check``: the public checks, for students."""

from __future__ import annotations

import gc
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from grader.cli.console import BELOW_THRESHOLD, console, readable_errors
from grader.cli.options import DebugOption, Language, speak
from grader.errors import UnreadableSubmission, UsageError
from grader.i18n.words import _

if TYPE_CHECKING:
    from grader.course.assignment import Assignment


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

    [dim]grader check softmax_regression.ipynb --stub softmax[/dim]
    """
    from grader.student import public

    if not path.exists():
        raise UsageError(_("There is no file or folder {path}.").format(path=path))
    assignment = public.assignment_of(path)
    file = public.work_at(path, assignment)
    if not watch:
        passes = _check(file, assignment, stub)
        gc.freeze()  # else the exit goes through all of torch, for a quarter of a second
        raise typer.Exit(0 if passes else BELOW_THRESHOLD)
    with suppress(KeyboardInterrupt):
        for _save in public.saves(file):
            console.rule()
            _check(file, assignment, stub)
            console.print(Text(_("Waiting for the next save; Ctrl-C ends it."), "dim"))


def _check(file: Path, assignment: Assignment, stub: str | None) -> bool:
    """Check once and show the result; True if everything passes."""
    from grader.reports import progress
    from grader.student import public

    try:
        found = public.check(file, assignment, stub)
    except UnreadableSubmission as error:
        console.print(Text(str(error)))
        return False
    console.print(progress.terminal(found))
    return found.is_done
