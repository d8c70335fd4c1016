"""Each folder of loading/ holds a submission as students hand them in, and its expected record."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

import pytest

from grader.scoring import Result
from tests.conftest import ROOT, grade_paths

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LOADING = Path(__file__).parent / "loading"
FOLDERS = sorted(path.parent for path in LOADING.glob("*/expected.toml"))


@functools.cache
def graded() -> dict[Path, Result]:
    """The result of every folder, all graded in one run."""
    uploads = [next(folder.glob("submission*")) for folder in FOLDERS]
    return dict(zip(FOLDERS, grade_paths(uploads), strict=True))


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


def test_batch_goes_on(grade):
    """After submissions that never end, end the process, train for ever or cannot be read, the
    solution is graded in the same command as if it were alone."""
    bad = ["never_ends_in_a_stub", "ends_the_process_when_loaded", "one_broken_cell", "not_json"]
    bad += ["empty_file", "missing_packages", "trains_100_epochs_at_top_level"]
    paths = [path for name in bad for path in (LOADING / name).glob("submission*")]
    solution = ROOT / "solutions/softmax_regression/solution.py"

    *others, last = grade([*paths, solution])

    statuses = [result.record.status for result in others]
    assert statuses == ["graded"] * 3 + ["unreadable"] * 2 + ["graded"] * 2
    assert all(check.outcome == "passed" for check in last.record.checks)
    assert last.grade.score == 100
