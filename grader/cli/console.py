"""What the commands of the command line share: arguments, options, errors as sentences."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from enum import Enum
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from grader.errors import GraderError, InfrastructureError, UsageError
from grader.grading import log
from grader.i18n import words
from grader.i18n.words import _

BELOW_THRESHOLD, USAGE, INFRASTRUCTURE, INTERRUPTED = 1, 2, 3, 130

console = Console()
errors = Console(stderr=True)

AssignmentArgument = Annotated[str, typer.Argument(help="Name of the assignment, a folder's name.")]
CourseOption = Annotated[
    Path,
    typer.Option(
        help="Folder that holds assignments/ and solutions/.",
        envvar="GRADER_COURSE",
        show_default="the current folder",
    ),
]


DebugOption = Annotated[
    bool,
    typer.Option("--debug", help="Show all that the log keeps: outputs and tracebacks of faults."),
]


class Language(str, Enum):
    en = "en"
    zh = "zh"


def speak(context: typer.Context, wanted: Language | None) -> Language | None:
    """Until the command has ended, messages are in this language; None: in the reader's own."""
    context.with_resource(words.speaking(wanted.value if wanted else words.of_environment()))
    return wanted


LanguageOption = Annotated[
    Language, typer.Option("--lang", callback=speak, help="Language of what students read.")
]


def readable_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """Errors of ours become a sentence and an exit code, never a traceback."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        log.start(kwargs.get("debug", False))
        try:
            return command(*args, **kwargs)
        except UsageError as error:
            _complain(_("error:"), error)
            raise typer.Exit(USAGE) from None
        except InfrastructureError as error:
            _complain(_("this machine cannot grade:"), error)
            log.keep(error)
            errors.print(escape(log.place()), highlight=False, soft_wrap=True)
            raise typer.Exit(INFRASTRUCTURE) from None
        except OSError as error:  # a disk that is full, a folder that may not be written
            _complain(_("error:"), error)
            raise typer.Exit(USAGE) from None
        except (typer.Exit, typer.Abort, typer.BadParameter):  # how typer ends a command
            raise
        except Exception as error:
            _complain(_("the grader failed:"), GraderError(f"{type(error).__name__}: {error}"))
            log.keep(error)
            errors.print(escape(log.place()), highlight=False, soft_wrap=True)
            raise typer.Exit(INFRASTRUCTURE) from None

    return wrapped


def _complain(what: str, error: Exception) -> None:
    text = str(error)
    if isinstance(error, OSError) and error.filename is not None:
        text = f"{error.filename}: {error.strerror}"
    if text == "AF_UNIX path too long":  # of a socket among the temporary files
        folder = tempfile.gettempdir()
        text = f"sockets in {folder} would have too long names: set TMPDIR to a shorter one."
    errors.print(f"[red]{what}[/red] {escape(text)}", highlight=False)


def course_of(folder: Path) -> Path:
    """The course's folder: the given one, or the nearest one above it with solutions/."""
    for candidate in (folder.resolve(), *folder.resolve().parents):
        if (candidate / "solutions").is_dir():
            return candidate
    raise UsageError(
        f"{folder.resolve()} is no course: it has no folder solutions/. Go to the course's folder "
        "or name it with --course."
    )
