"""The formats of ``grader grade --format NAME=FILE``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from grader.errors import UsageError
from grader.grading.scoring import Result

# Each format by the module that has its `render`.
MODULES = {
    "json": "as_json",
    "junit": "junit",
    "gradescope": "gradescope",
    "github": "github",
    "markdown": "markdown",
    "csv": "as_csv",
}
SCREEN = Path("-")


@dataclass(frozen=True)
class Report:
    """One report that was asked for: a format and the file it goes to, or the screen."""

    format: str
    file: Path

    def text(self, results: Sequence[Result]) -> str:
        """What the report says about these results."""
        render: Callable[[Sequence[Result]], str] = import_module(
            f"grader.reports.{MODULES[self.format]}"
        ).render
        return render(results)


def parse(wanted: Sequence[str]) -> list[Report]:
    """Read ``NAME=FILE`` for each report; '-' as FILE is the screen.

    Raises UsageError for an unknown format, for no file, for a folder in its place, and for two
    reports on the screen.
    """
    reports = []
    for text in wanted:
        name, _, file = text.partition("=")
        if name not in MODULES:
            raise UsageError(f"There is no format {name!r}; choose one of {', '.join(MODULES)}.")
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
    return any(report.format == "gradescope" for report in reports)


def fit(reports: Sequence[Report], submissions: int) -> None:
    """Raise UsageError for a report that cannot be about so many submissions."""
    if submissions != 1 and about_one(reports):
        raise UsageError(
            "Gradescope's results.json is about one submission: grade one at a time, or use "
            "another format."
        )
