"""Which submissions the paths of a command line name: one each, or a class in a folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from grader import archive, submission
from grader.assignment import Stub
from grader.definitions import places
from grader.errors import UnreadableSubmission, UsageError


def submissions(
    paths: Iterable[Path], stubs: Sequence[Stub], leave_out: Path | None = None
) -> list[Path]:
    """Every path itself, but for the folder of a class everything that is in it.

    A folder is a class when two or more of its files and folders each define at least half of the
    stubs; a notebook and a script of the same name count once. Otherwise it is one student's.
    leave_out: a folder for results, which may lie among the submissions.

    Raises UsageError for the zip of a class, which would be taken for one student's.
    """
    found = []
    for path in paths:
        if path.suffix.lower() == ".zip" and path.is_file() and _is_zip_of_class(path, stubs):
            raise UsageError(
                f"{path} holds more than one submission: unpack it, and name the folder."
            )
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


def _is_zip_of_class(path: Path, stubs: Sequence[Stub]) -> bool:
    with tempfile.TemporaryDirectory() as folder, suppress(UnreadableSubmission, OSError):
        for name, content in archive.members(path.name, path.read_bytes(), submission.MAX_FILE):
            if isinstance(content, bytes):
                target = Path(folder, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        return _is_class(_entries(Path(folder), None), stubs)
    return False


def _is_submission(path: Path, stubs: Sequence[Stub]) -> bool:
    try:
        upload = submission.read(path, [stub.name for stub in stubs])
    except UnreadableSubmission:
        return False
    return 2 * len(places(upload, stubs)) >= len(stubs)
