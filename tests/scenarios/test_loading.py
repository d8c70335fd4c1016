"""Each folder of loading/ holds a submission as students hand them in, and its expected record."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

import pytest

from grader.grading.scoring import Result
from tests.conftest import ROOT, grade_paths

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SOLUTION = ROOT / "solutions/softmax_regression/solution.py"
LOADING = Path(__file__).parent / "loading"
FOLDERS = sorted(path.parent for path in LOADING.glob("*/expected.toml"))


@functools.cache
def graded() -> dict[Path, Result]:
    """The result of every folder and, at the end, of the solution, all graded in one run."""
    uploads = [next(folder.glob("submission*")) for folder in FOLDERS]
    return dict(zip([*FOLDERS, SOLUTION], grade_paths([*uploads, SOLUTION]), strict=True))


@pytest.mark.xdist_group("loading")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_submission_is_loaded(folder):
    """The record has the status, the stubs and the notes that expected.toml promises; every stub
    that it does not mention is missing."""
    expected = tomllib.loads((folder / "expected.toml").read_text("utf-8"))

    result = graded()[folder]

    assert result.record.status == expected["status"], result.record.warnings
    for text in expected["warnings"]:
        assert any(text in warning for warning in result.record.warnings), result.record.warnings
    if expected["status"] == "graded":
        stubs = dict.fromkeys((stub.name for stub in result.grade.stubs), "missing")
        stubs |= dict.fromkeys(expected["passed"], "passed") | expected.get("stubs", {})
        assert {stub.name: stub.status for stub in result.grade.stubs} == stubs
    for stub, message in expected.get("missing", {}).items():
        messages = [check.message for check in result.record.checks if check.stub == stub]
        assert message in messages


@pytest.mark.xdist_group("loading")
def test_batch_goes_on():
    """After submissions that never end, end the process, train for ever or cannot be read, the
    solution is graded in the same run as if it were alone."""
    statuses = {result.record.status for result in graded().values()}
    last = graded()[SOLUTION]

    assert statuses == {"graded", "unreadable"}
    assert all(check.outcome == "passed" for check in last.record.checks)
    assert last.grade.score == 100
