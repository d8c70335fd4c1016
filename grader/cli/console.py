"""What every command has: the screen, errors as sentences, exit codes, the log."""

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup

from grader.errors import GraderError, InfrastructureError, UsageError
from grader.grading import log
from grader.i18n.words import _
from grader.reports.screen import Screen
from grader.reports.text import printable

Item = TypeVar("Item")
BELOW_THRESHOLD, USAGE, INFRASTRUCTURE, INTERRUPTED = 1, 2, 3, 130
NAMED = 6  # people that a line names

console = Screen()
errors = Screen(stderr=True)


class Commands(TyperGroup):
    """The group of all commands: what typer itself prints can be printed, too."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # a terminal may know ASCII only
        return super().main(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was typed."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            # Wrong usage quotes what was typed: `*` may have put a student's file name there.
            if isinstance(getattr(error, "message", None), str):
                vars(error)["message"] = printable(vars(error)["message"])
            raise


def readable_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """Errors of ours become a sentence and an exit code, never a traceback."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        log.start(kwargs.get("debug", False))
        try:
            return command(*args, **kwargs)
        except (typer.Exit, typer.Abort, typer.BadParameter):  # how typer ends a command
            raise
        except (UsageError, OSError) as error:  # such as a disk that is full
            log.keep(error)
            _complain(_("error:"), _sentence(error))
            raise typer.Exit(USAGE) from None
        except InfrastructureError as error:
            log.keep(error)
            _complain(_("this machine cannot grade:"), str(error))
            show_log()
            raise typer.Exit(INFRASTRUCTURE) from None
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            log.keep(error)
            _complain(_("the grader failed:"), f"{type(error).__name__}: {error}")
            show_log()
            raise typer.Exit(INFRASTRUCTURE) from None

    return wrapped


def show_log() -> None:
    """Say where the rest of it can be read."""
    errors.print(Text(log.place()), soft_wrap=True)


def say_note(text: str) -> None:
    """Say what the reader should know beside the results."""
    errors.print(Text.assemble(("note:", "yellow"), " ", text), soft_wrap=True)


def listed(text: str, names: Sequence[str]) -> str:
    """The text and the first names; nothing where there are none."""
    more = f", … ({len(names)})" if len(names) > NAMED else ""
    return f"{text}: {', '.join(names[:NAMED])}{more}" if names else ""


@contextmanager
def said_as_it_goes(to: Console) -> Iterator[Callable[[str], None]]:
    """Gives what shows how far something is: on a terminal in one line that changes, in a file as a
    line now and then."""
    if to.is_terminal:
        with to.status("") as status:
            yield lambda text: status.update(Text(text))
        return
    from grader.grading.watch import LINE_SECONDS

    last = time.monotonic()

    def say(text: str) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_SECONDS:
            last = time.monotonic()
            to.print(Text(text), soft_wrap=True)

    yield say


def progress(items: Collection[Item], what: str) -> Iterator[Item]:
    """The items one after another; meanwhile it is shown how many are done: by a bar on a terminal,
    elsewhere by a line every ten seconds."""
    from rich.progress import track

    from grader.grading.watch import LINE_SECONDS

    if errors.is_terminal:
        yield from track(items, what, console=errors, transient=True)
        return
    last = time.monotonic()
    for number, item in enumerate(items, start=1):
        yield item
        if time.monotonic() - last > LINE_SECONDS:
            last = time.monotonic()
            errors.print(f"{what}: {number} of {len(items)}")


def _complain(what: str, sentence: str) -> None:
    errors.print(Text.assemble((what, "red"), " ", sentence))


def _sentence(error: GraderError | OSError) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    if str(error) == "AF_UNIX path too long":  # of a socket among the temporary files
        folder = tempfile.gettempdir()
        return f"sockets in {folder} would have too long names: set TMPDIR to a shorter one."
    return str(error)
