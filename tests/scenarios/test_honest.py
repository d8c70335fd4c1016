"""Each folder of honest/ holds what a student handed in in good faith, and what it must get."""

from __future__ import annotations

import functools
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.grading.scoring import Result
from tests.conftest import grade_paths

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HONEST = Path(__file__).parent / "honest"
FOLDERS = sorted(path.parent for path in HONEST.glob("*/expected.toml"))


def expected_of(folder: Path) -> dict[str, Any]:
    """The table of expected.toml, for the Python that runs."""
    table = tomllib.loads((folder / "expected.toml").read_text("utf-8"))
    if sys.version_info >= (3, 12) and "python312" in table:
        return table["python312"]
    return table


@functools.cache
def graded(assignment: str) -> dict[Path, Result]:
    """The results of all folders that answer an assignment, graded in one run."""
    tables = {folder: expected_of(folder) for folder in FOLDERS}
    folders = [
        folder
        for folder, table in tables.items()
        if table.get("assignment", "logistic_regression") == assignment
    ]
    uploads = [next(folder.glob("submission*")) for folder in folders]
    return dict(zip(folders, grade_paths(uploads, assignment=assignment), strict=True))


def differences(result: Result, expected: dict[str, Any]) -> list[str]:
    """What is not as expected.

    gap: what is not reached yet. status: of the record. default: the status of each stub that
    `stubs` does not name; "any" leaves it open. says, never_says: regular expressions, without
    regard to case, for what the student reads. named: stubs whose mistake must be a known one.
    """
    record = result.record
    text = "\n".join([*record.warnings, *(check.message for check in record.checks)])
    named = {check.stub for check in record.checks if check.misconception}
    found = []
    if record.status != expected["status"]:
        found.append(f"the record is {record.status}, not {expected['status']}")
    if expected["status"] == "graded":
        for stub in result.grade.stubs:
            wanted = expected.get("stubs", {}).get(stub.name, expected["default"])
            if wanted not in (stub.status, "any"):
                found.append(f"{stub.name} is {stub.status}, not {wanted}")
    for pattern in expected.get("says", []):
        if not re.search(pattern, text, re.IGNORECASE):
            found.append(f"it does not say {pattern!r}")
    for pattern in expected.get("never_says", []):
        if re.search(pattern, text, re.IGNORECASE):
            found.append(f"it says {pattern!r}")
    found += [
        f"{stub}: no known mistake" for stub in expected.get("named", []) if stub not in named
    ]
    return [*found, text] if found else []


@pytest.mark.xdist_group("honest")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_honest_work_is_graded_for_what_it_says(folder):
    """The record is as expected.toml says, or as its second outcome, `otherwise`."""
    expected = expected_of(folder)
    result = graded(expected.get("assignment", "logistic_regression"))[folder]

    found = differences(result, expected)
    if found and "otherwise" in expected:
        found = differences(result, expected["otherwise"])

    if "gap" in expected:
        assert found, "it is reached: take the gap out of expected.toml"
        pytest.xfail(expected["gap"])
    assert not found, "\n".join(found)
