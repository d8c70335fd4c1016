"""The public checks on a student's own machine: no private file, no root, no bubblewrap.

The student's code runs in a process of its own (isolation level `process`): it is their machine,
so there is nothing to guard, but an endless loop or a crash ends no check but its own.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path

from grader.course import assignment as assignments
from grader.course import datasets
from grader.course.assignment import Assignment
from grader.errors import DatasetError, UsageError
from grader.grading.scoring import Result, score
from grader.grading.settings import Part
from grader.i18n.words import _
from grader.reports.progress import Progress
from grader.sandbox.host import Host
from grader.sandbox.inside import frameworks
from grader.sandbox.inside.late import LATE
from grader.sandbox.sandbox import Source
from grader.submissions.causes import causes, unwritten
from grader.submissions.reading import Submission, read

LEVEL = "process"
LOOK_MS = 1000  # between two looks whether the file has been saved, if nobody tells


def assignment_of(path: Path) -> Assignment:
    """The assignment that a file or folder belongs to: the nearest folder upwards from it that
    holds an assignment.toml and public checks, else the only one just below it. Raises
    UsageError."""
    start = path.resolve() if path.is_dir() else path.resolve().parent
    for folder in (start, *start.parents):
        if _is_assignment(folder):
            return assignments.load_public(folder)
    below = sorted(filter(_is_assignment, start.iterdir()))
    if len(below) == 1:
        return assignments.load_public(below[0])
    if below:
        text = _("There are several assignments in {folder}: go to the folder of one. {names}")
        names = ", ".join(folder.name for folder in below)
        raise UsageError(text.format(folder=start, names=names))
    text = _(
        "{path} belongs to no assignment: there is no assignment.toml with test_public.py in "
        "{folder}, above it or just below it. Keep your file in the folder that you were given."
    )
    raise UsageError(text.format(path=path, folder=start))


def _is_assignment(folder: Path) -> bool:
    # Not Path.is_file: that is an error below a folder that one may not enter.
    return all(os.path.isfile(folder / name) for name in ("assignment.toml", "test_public.py"))


def work_at(path: Path, assignment: Assignment) -> Path:
    """What is checked: `path` itself, or the assignment's folder if it lies just below."""
    folder = path.resolve()
    return path / assignment.public.name if folder == assignment.public.parent else path


def known(assignment: Assignment, stub: str | None) -> list[str]:
    """The names of the stubs. Raises UsageError if `stub` is none of them."""
    names = [each.name for each in assignment.stubs]
    if stub is not None and stub not in names:
        text = _("There is no stub {name!r}; choose one of {names}.")
        raise UsageError(text.format(name=stub, names=", ".join(names)))
    return names


def check(path: Path, assignment: Assignment, stub: str | None = None) -> Progress:
    """Run the public checks, those of one stub or all, on a student's file, or on a folder, which
    is read as it is when it is handed in.

    Raises UsageError for a stub that is not in the assignment, UnreadableSubmission for a file
    that is no program, InfrastructureError when no process can be started.
    """
    known(assignment, stub)
    assignment.require_framework()
    started = time.monotonic()
    upload = read(path, assignment.stubs)
    if upload.main:
        upload = replace(upload, path=path / upload.main)
    return checked(upload, assignment, stub, started)


def checked(
    upload: Submission, assignment: Assignment, stub: str | None, started: float
) -> Progress:
    """The same for a program that has been read. started: time.monotonic() before that."""
    with _without_gpu(), _host_for(assignment) as host:
        imports = Source.of(upload, assignment, "cpu").imports
        host.imports += tuple(name for name in imports if name not in LATE)
        host.start()
        # The host goes on to what the submission imports, and this process to what checks need.
        from grader.checking.suite import open_suite
        from grader.grading.session import Session

        with open_suite(assignment, None) as suite:
            session = Session(assignment, suite, None, host, [])
            with session.sandbox(upload) as sandbox:
                seen = session.check(sandbox, Part((stub,) if stub else ()))
            record = session.record(upload, sandbox, seen, started)
    stubs = assignment.stubs
    return Progress(
        Result(record, score(record, assignment)),
        stub,
        unwritten(upload.index, stubs),
        causes(upload.index, upload.warnings, stubs),
    )


@contextmanager
def _without_gpu() -> Iterator[None]:
    """A backward pass in this process would start CUDA where there is a GPU, and nothing could be
    forked from it any more. The checks compute on the processor."""
    before = os.environ.get("CUDA_VISIBLE_DEVICES")
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    try:
        yield
    finally:
        del os.environ["CUDA_VISIBLE_DEVICES"]
        if before is not None:
            os.environ["CUDA_VISIBLE_DEVICES"] = before


def _host_for(assignment: Assignment) -> Host:
    """Where the student's code runs, not started yet: a fork of this process as it is with torch
    imported, where the system's libraries and the framework stand that."""
    checks = (assignment.public / "test_public.py").read_text("utf-8")
    framework = frameworks.named(assignment.framework)
    # For the from-scratch rule alone it is not: an answer at once is worth more here.
    compiler = framework.imports_for(checks) if "optim" in checks else ()
    is_forked = sys.platform == "linux" and frameworks.may_be_forked(framework)
    if is_forked:
        import torch

        torch.set_num_threads(1)  # threads do not survive a fork
    return Host(
        LEVEL,
        _data(assignment),
        imports=compiler,
        is_forked=is_forked,
        framework=assignment.framework,
    )


def saves(path: Path) -> Iterator[None]:
    """Once now, and then each time the file, or a file of the folder, has been saved."""
    from watchfiles import watch

    # Looked at in between as well: a save while the first one is checked comes before the watch,
    # and not every network drive tells what changes on it.
    folder = path if path.is_dir() else path.parent
    wake = watch(folder, recursive=False, rust_timeout=LOOK_MS, yield_on_timeout=True)
    seen: dict[Path, int] = {}
    for _changes in chain([None], wake):
        files = [path] if folder != path else [*folder.glob("*.py"), *folder.glob("*.ipynb")]
        # Editors replace files: one may be away for a moment.
        now = seen | {file: file.stat().st_mtime_ns for file in files if file.is_file()}
        if now != seen:
            seen = now
            yield


def _data(assignment: Assignment) -> Path | None:
    """Public data for cells that load some: the subset in the package, else what is found, else
    what the handout has."""
    known = datasets.names()
    wanted = [name for name in assignment.datasets if name in known]
    for names, place in ((wanted[:1], Path("embedded")), (wanted, None)):
        with suppress(DatasetError):
            return datasets.find_first(names, place).public_root if names else None
    handed_out = assignment.public.parent / "data"
    return handed_out if any((handed_out / name).is_dir() for name in assignment.datasets) else None
