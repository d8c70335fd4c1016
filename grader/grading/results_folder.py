"""The folder of ``--out``: a record for each submission, grades.csv and summary.md.

A record is written as soon as it is made, beside its place and then renamed, so a run that is
killed loses at most the submission it was at, and the next one finds the others here.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path

from grader.errors import UsageError
from grader.grading.records import Record
from grader.grading.scoring import Result
from grader.reports import as_csv, as_json, summary
from grader.sandbox.inside.protocol import well_formed


class Store:
    """The results of one assignment in a folder. A submission is known by its path."""

    def __init__(self, folder: Path, assignment: str) -> None:
        if folder.is_file():
            raise UsageError(f"{folder} is a file; the results need a folder.")
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.files: dict[str, Path] = {}  # by the path of the submission
        self.results: dict[str, Result] = {}
        for file in sorted(folder.glob("*.json")):
            result = _read(file)
            if result is not None and result.record.assignment == assignment:
                self.files[result.record.path] = file
                self.results[result.record.path] = result

    def earlier(self, path: Path) -> Record | None:
        """What an earlier run saw of this submission."""
        found = self.results.get(well_formed(str(path)))
        return found.record if found else None

    def keep(self, result: Result) -> None:
        """Write one result, in the place of an earlier one of the same submission."""
        path = result.record.path
        if path not in self.files:
            self.files[path] = self._free(result.record.submission)
        self.results[path] = result
        _write(self.files[path], as_json.render([result]))

    def finish(self) -> None:
        """Write grades.csv and summary.md about all results of the folder."""
        results = sorted(self.results.values(), key=lambda result: result.record.submission)
        _write(self.folder / "grades.csv", as_csv.render(results))
        _write(self.folder / "summary.md", summary.render(results))

    def _free(self, name: str) -> Path:
        """A file that is not there yet: two students may hand in files of one name."""
        name = _short(name)
        numbered = (name if n == 1 else f"{name}-{n}" for n in itertools.count(1))
        files = (self.folder / f"{name}.json" for name in numbered)
        return next(file for file in files if not file.exists())


def _read(file: Path) -> Result | None:
    """The result in a file of this folder; None for a file that is something else."""
    try:
        (result,) = as_json.read(file.read_bytes())
    except (OSError, ValueError):  # msgspec's errors are ValueErrors
        return None
    named = re.fullmatch(rf"{re.escape(_short(result.record.submission))}(-\d+)?", file.stem)
    return result if named else None


def _short(name: str) -> str:
    """A name that leaves room for endings: a file system takes 255 bytes."""
    return name.encode()[:200].decode("utf-8", "ignore")


def _write(file: Path, text: str) -> None:
    beside = file.with_name(file.name + ".part")
    beside.write_text(text, "utf-8")
    beside.replace(file)
