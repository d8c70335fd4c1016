"""Each folder of loading/ holds a submission as students hand them in, and its expected record."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDERS = sorted(path.parent for path in Path(__file__).parent.glob("loading/*/expected.toml"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_submission_is_loaded(folder, grade):
    """The record has the status, the stubs and the notes that expected.toml promises; every stub
    that it does not mention is missing."""
    expected = tomllib.loads((folder / "expected.toml").read_text("utf-8"))
    (submission,) = folder.glob("submission*")

    (result,) = grade([submission])

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
