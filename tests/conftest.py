"""What all tests share: the course, and grading as the command does it, without a terminal."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from rich.console import Console

from grader.course import assignment as assignments
from grader.course.assignment import Assignment
from grader.grading.batch import grade_all
from grader.grading.scoring import Result
from grader.grading.settings import Settings
from grader.sandbox.inside import frameworks
from grader.submissions.uploads import Upload

os.environ["LANGUAGE"] = "en"  # whoever runs the tests
os.environ["GRADER_FAKE_DEVICE"] = "1"
os.environ["GRADER_OFFLINE"] = "1"  # a test ends the same with and without a network

# The compiler of PyTorch's CUDA build crashes in a process that has imported TensorFlow before it.
with contextlib.suppress(ImportError):
    import triton  # noqa: F401

ROOT = Path(__file__).resolve().parents[1]


@cache
def framework_is_here(assignment: str) -> pytest.MarkDecorator:
    """The mark of a test that runs an assignment: skipped where its framework is not installed."""
    missing = frameworks.named(assignments.load(assignment, ROOT).framework).missing()
    reason = f"{assignment} needs {', '.join(missing)}: make test-builds has an environment with it"
    return pytest.mark.skipif(bool(missing), reason=reason)


# All assignments, for tests that run them.
RUNNABLE = [
    pytest.param(name, marks=framework_is_here(name)) for name in assignments.available(ROOT)
]


def grade_paths(
    paths: Iterable[Path],
    *,
    assignment: str = "softmax_regression",
    course: Path = ROOT,
    level: str = "auto",
    data: str | None = "embedded",
    device: str = "cpu",
    language: str = "en",
) -> list[Result]:
    """Grade real submissions in real sandboxes; on the embedded data unless told otherwise."""
    settings = Settings(device, level, Path(data) if data else None, language)
    quiet = Console(file=io.StringIO())
    return grade_all(course, assignment, [*map(Upload, paths)], settings, [], quiet)


def small_course(folder: Path, checks: str) -> Assignment:
    """The assignment of a copy of the small course that has these for its hidden checks."""
    course = Path(shutil.copytree(ROOT / "tests" / "small_course", folder / "course"))
    (course / "solutions/greeting/test_hidden.py").write_text(checks, "utf-8")
    return assignments.load("greeting", course)
