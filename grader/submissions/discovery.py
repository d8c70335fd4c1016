"""Which submissions the paths of a command line name: one each, or a class in a folder."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from grader.course.assignment import Stub
from grader.errors import UnreadableSubmission, UsageError
from grader.submissions import reading as submission
from grader.submissions.definitions import places
from grader.submissions.unpack import unpack


def submissions(
    paths: Iterable[Path], stubs: Sequence[Stub], leave_out: Path | None = None
) -> list[Path]:
    """Every path itself, but for the folder of a class everything that is in it.

    A folder is a class when two or more of its files and folders each define at least half of the
    stubs; a notebook and a script of the same name count once. Otherwise it is one student's.
    leave_out: a folder for results, which may lie among the submissions.

    The zip of a class is unpacked to a folder beside it, class.zip to class.unpacked.
    """
    found = []
    for path in paths:
        if path.suffix.lower() == ".zip" and path.is_file():
            path = _unpacked(path, stubs)
        entries = _entries(path, leave_out) if path.is_dir() else []
        found += entries if _is_class(entries, stubs) else [path]
    return found


def _entries(folder: Path, leave_out: Path | None) -> list[Path]:
    """What is in a folder, also what cannot be read: a student handed it in."""
    results = leave_out.resolve() if leave_out else None
    return [
        path
        for path in sorted(folder.iterdir())
        if not path.name.startswith((".", "__")) and path.resolve() != results
    ]


def _is_class(entries: Iterable[Path], stubs: Sequence[Stub]) -> bool:
    names: Iterator[str] = (path.stem for path in entries if _is_submission(path, stubs))
    first = next(names, None)
    return any(True for name in islice(names, None) if name != first)


def _unpacked(path: Path, stubs: Sequence[Stub]) -> Path:
    """The folder that the zip of a class was unpacked to; the zip itself if it is one student's."""
    with tempfile.TemporaryDirectory() as temporary:
        try:
            unpack(path, Path(temporary))
        except UsageError:  # one student's, with a record that says so
            return path
        if not _is_class(_entries(Path(temporary), None), stubs):
            return path
        folder = path.with_suffix(".unpacked")
        shutil.copytree(temporary, folder, dirs_exist_ok=True)
        return folder


def _is_submission(path: Path, stubs: Sequence[Stub]) -> bool:
    try:
        upload = submission.read(path, [stub.name for stub in stubs])
    except UnreadableSubmission:
        return False
    return 2 * len(places(upload, stubs)) >= len(stubs)
