"""The formats of ``grader grade --format NAME=FILE``: each module of this folder is one.

A module has ``render(results) -> str`` and, if it can be about one submission only,
``IS_ABOUT_ONE = True``. Another package brings a format with an entry point of the group
``grader.reports`` that names such a module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course.plugins import Plugins
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.grading.scoring import Result

SCREEN = Path("-")
FORMATS = Plugins(__name__, __path__, "grader.reports", "format")
names = FORMATS.names


@dataclass(frozen=True)
class Report:
    """One report that was asked for: a format and the file it goes to, or the screen."""

    format: str
    file: Path

    def prepare(self) -> None:
        """Make its file, so that one that cannot be written is known before anything is graded.
        Raises OSError."""
        if self.file != SCREEN:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.open("a").close()

    def text(self, results: Sequence[Result]) -> str:
        """What the report says about these results."""
        text: str = FORMATS.load(self.format).render(results)
        return text

    def is_about_one(self) -> bool:
        """Whether it can be about one submission only."""
        return getattr(FORMATS.load(self.format), "IS_ABOUT_ONE", False)


def parse(wanted: Sequence[str]) -> list[Report]:
    """Read ``NAME=FILE`` for each report; '-' as FILE is the screen.

    Raises UsageError for an unknown format, for no file, for a folder in its place, and for two
    reports on the screen.
    """
    reports = []
    for text in wanted:
        name, _, file = text.partition("=")
        if name not in names():
            raise UsageError(f"There is no format {name!r}; choose one of {', '.join(names())}.")
        if not file:
            raise UsageError(
                f"Say where the report goes: --format {name}=FILE, or --format {name}=- for the "
                "screen."
            )
        if Path(file).is_dir():
            raise UsageError(f"{file} is a folder; name a file in it for the report {name}.")
        reports.append(Report(name, Path(file)))
    if [report.file for report in reports].count(SCREEN) > 1:
        raise UsageError("Only one report can go to the screen; give the others a file.")
    return reports


def about_one(reports: Sequence[Report]) -> bool:
    """Whether a report can be about one submission only; a folder is one student's then."""
    return any(report.is_about_one() for report in reports)


def fit(reports: Sequence[Report], submissions: int) -> None:
    """Raise UsageError for a report that cannot be about so many submissions."""
    for report in reports:
        if submissions != 1 and report.is_about_one():
            raise UsageError(
                f"A report for {report.format} is about one submission: grade one at a time, or "
                "use another format."
            )
