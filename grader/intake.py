"""Which submissions the paths of a command line name: one each, or a class in a folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from grader import submission
from grader.assignment import Stub
from grader.definitions import places
from grader.errors import UnreadableSubmission


def submissions(
    paths: Iterable[Path], stubs: Sequence[Stub], leave_out: Path | None = None
) -> list[Path]:
    """Every path itself, but for the folder of a class everything that is in it.

    A folder is a class when two or more of its files and folders each define at least half of the
    stubs; a notebook and a script of the same name count once. Otherwise it is one student's.
    leave_out: a folder for results, which may lie among the submissions.
    """
    found = []
    for path in paths:
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


def _is_submission(path: Path, stubs: Sequence[Stub]) -> bool:
    try:
        upload = submission.read(path, [stub.name for stub in stubs])
    except UnreadableSubmission:
        return False
    return 2 * len(places(upload, stubs)) >= len(stubs)
