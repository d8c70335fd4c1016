"""Arguments and options that several commands have, and what they stand for."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from grader.errors import UsageError
from grader.i18n import words


class Language(str, Enum):
    en = "en"
    zh = "zh"


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


def speak(context: typer.Context, wanted: Language | None) -> Language | None:
    """Until the command has ended, messages are in this language; None: in the reader's own."""
    context.with_resource(words.speaking(wanted.value if wanted else words.of_environment()))
    return wanted


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
LanguageOption = Annotated[
    Language, typer.Option("--lang", callback=speak, help="Language of what students read.")
]
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
JobsOption = Annotated[
    int,
    typer.Option(
        help="How many submissions to grade side by side on this machine; each job takes about "
        "1 GB of memory.",
        show_default="one for each core, if there are four submissions for each",
        min=0,
    ),
]
DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help="Folder with the data set's files; the word 'embedded' takes what comes with its "
        "package, such as the small subset in the grader. Default: $GRADER_DATA, the cache, the "
        "system's package, its own package, a download, the subset.",
    ),
]
DbOption = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="FILE_OR_URL",
        help="The gradebook: a file of SQLite, or postgresql://USER:PASSWORD@HOST/NAME.",
        envvar="GRADER_DB",
        show_default="gradebook.sqlite in the course's folder",
    ),
]


def course_of(folder: Path) -> Path:
    """The course's folder: the given one, or the nearest one above it with solutions/."""
    for candidate in (folder.resolve(), *folder.resolve().parents):
        if (candidate / "solutions").is_dir():
            return candidate
    raise UsageError(
        f"{folder.resolve()} is no course: it has no folder solutions/. Go to the course's folder "
        "or name it with --course."
    )
