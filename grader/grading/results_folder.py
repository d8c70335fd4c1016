"""The folder of ``--out``: a record for each submission.

A record is written as soon as it is made, beside its place and then renamed, so a run that is
killed loses at most the submission it was at, and the next one finds the others here.
"""

from __future__ import annotations

import itertools
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from grader.errors import UsageError
from grader.grading.record_json import from_object, json_text, to_object
from grader.grading.records import Record
from grader.grading.scoring import Result
from grader.i18n.words import _
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.discovery import place_of
from grader.submissions.uploads import Upload


class Store:
    """The results of one assignment in a folder.

    A submission is known by where it lies, however its path was typed: results and files have the
    absolute path as their key.
    """

    def __init__(self, folder: Path, assignment: str) -> None:
        if folder.is_file():
            raise UsageError(f"{folder} is a file; the results need a folder.")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(unwritten(folder, error)) from None
        self.folder = folder
        self.files: dict[str, Path] = {}
        self.results: dict[str, Result] = {}
        for file in sorted(folder.glob("*.json")):
            found = _read(file)
            if found is None or found[1].record.assignment != assignment:
                continue
            key, result = found
            # A folder of an older version may have a file for each way to type the path.
            if key in self.files and _written(self.files[key]) > _written(file):
                continue
            self.files[key], self.results[key] = file, result

    def check_room(self) -> None:
        """Raises UsageError where nothing can be written, before anything is graded."""
        probe = self.folder / ".probe"
        try:
            write(probe, "")
            probe.unlink()
        except OSError as error:
            raise UsageError(unwritten(self.folder, error)) from None

    def earlier(self, upload: Upload) -> Record | None:
        """What an earlier run saw of this submission, under the path that is typed now."""
        found = self.results.get(place_of(upload.path))
        path = well_formed(str(upload.path))
        return msgspec.structs.replace(found.record, path=path) if found else None

    def keep(self, result: Result) -> None:
        """Write one result, in the place of an earlier one of the same submission; one that is
        there as it is stays. Raises UsageError."""
        upload = Upload(Path(result.record.path))
        if self.earlier(upload) == result.record:
            return
        try:
            self._write(place_of(upload.path), result)
        except OSError as error:
            raise UsageError(unwritten(self.folder, error)) from None

    def _write(self, key: str, result: Result) -> None:
        name = result.record.submission
        if key in self.files and not _is_named(self.files[key], name):
            self.files.pop(key).unlink(missing_ok=True)  # it had another name without the others
        if key not in self.files:
            self.files[key] = self._free(name)
        self.results[key] = result
        # From here, so that the uploads and this folder can be moved together.
        relative = os.path.relpath(key, self.folder.resolve())
        write(self.files[key], json_text([{**to_object(result), "relative_path": relative}]))

    def _free(self, name: str) -> Path:
        """A file that is not there yet: two students may hand in files of one name."""
        name = _short(name)
        numbered = (name if n == 1 else f"{name}-{n}" for n in itertools.count(1))
        files = (self.folder / f"{name}.json" for name in numbered)
        return next(file for file in files if not file.exists())


def assignments_in(folder: Path) -> list[str]:
    """The names of the assignments that a folder has results of."""
    found = map(_read, folder.glob("*.json"))
    return sorted({each[1].record.assignment for each in found if each})


def write(file: Path, text: str) -> None:
    """Write a file that is whole at every moment."""
    beside = file.with_name(file.name + ".part")
    try:
        beside.write_text(text, "utf-8")
        beside.replace(file)
    except OSError:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def unwritten(folder: Path, error: OSError) -> str:
    """What is said where results cannot be written."""
    text = _(
        "Results cannot be written to {folder}: {problem}. Make room there or choose another "
        "folder with --out, and type the same command again: what is there is not run again."
    )
    return text.format(folder=well_formed(str(folder)), problem=error.strerror)


def _read(file: Path) -> tuple[str, Result] | None:
    """The key and the result in a file of this folder; None for a file that is something else."""
    try:
        (fields,) = msgspec.json.decode(file.read_bytes(), type=list[dict[str, Any]])
        result = from_object(fields)
    except (OSError, ValueError):  # msgspec's errors are ValueErrors
        return None
    relative = fields.get("relative_path", "")
    if not isinstance(relative, str):
        return None
    if not _is_named(file, result.record.submission):
        return None
    if relative:
        return os.path.normpath(file.parent.resolve() / relative), result
    return place_of(Path(result.record.path)), result  # an older version knew no more


def _is_named(file: Path, submission: str) -> bool:
    return re.fullmatch(rf"{re.escape(_short(submission))}(-\d+)?", file.stem) is not None


def _written(file: Path) -> int:
    return file.stat().st_mtime_ns


def _short(name: str) -> str:
    """A name that leaves room for endings: a file system takes 255 bytes."""
    return name.encode()[:200].decode("utf-8", "ignore")
