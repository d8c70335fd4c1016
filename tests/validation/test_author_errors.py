"""What an author gets wrong is said with file and line, and what may be meant."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.checking.suite import open_suite
from grader.course import assignment as assignments
from grader.course import misconceptions
from grader.course.scaffold import create
from grader.errors import AssignmentError
from grader.validation.sources import problems, unguarded
from tests.conftest import ROOT

HIDDEN, BANK = "solutions/week_3/test_hidden.py", "solutions/week_3/misconceptions.py"
PUBLIC, CONTRACT = "assignments/week_3/test_public.py", "solutions/week_3/assignment.toml"
PARTS, SOLUTION = "solutions/week_3/parts.py", "solutions/week_3/solution.py"


@pytest.fixture
def course(tmp_path) -> Path:
    """A course with a new assignment."""
    create("week_3", tmp_path)
    return tmp_path


def change(course: Path, file: str, old: str, new: str) -> int:
    """Replace a text of a file, or add to it; the line in which it stands."""
    path = course / file
    text = path.read_text("utf-8") if path.exists() else ""
    assert old in text
    path.write_text(text.replace(old, new, 1) if old else text + new, "utf-8")
    return text[: text.index(old) if old else len(text)].count("\n") + 1


def found(course: Path) -> str:
    """All that the files of the assignment show, in words, and its checks, as in a record."""
    try:
        assignment = assignments.load("week_3", course)
        misconceptions.of(assignment)
        with open_suite(assignment, None) as suite:
            seen = [*problems(assignment), *unguarded(assignment, suite.checks)]
            return "\n".join(f"{about}: {text}" for about, text in seen)
    except AssignmentError as error:
        return str(error)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (HIDDEN, "mark.stub(", "mark.stubb(", "there is no mark 'stubb'; did you mean 'stub'?"),
        (HIDDEN, '"scale_columns")', '"scale")', "there is no stub 'scale'"),
        (HIDDEN, "reference, rng", "refrence, rng", "did you mean 'reference'?"),
        (HIDDEN, "import assert_same", "import assert_sme", "cannot import name 'assert_sme'"),
        (HIDDEN, "shape):", "shape)", "expected ':'"),
        (HIDDEN, "import torch", "import torhc", "No module named 'torhc'"),
        (BANK, "@edit(", "@edti(", "there is no mark @edti; did you mean 'edit'?"),
        (BANK, '"scale_columns",', '"scale_colums",', "did you mean 'scale_columns'?"),
        (BANK, '".max(0)', '".mxa(0)', "'.mxa(0).values' has to be once in the solution's"),
        (BANK, "(X):", "(X)", "expected ':'"),
        (CONTRACT, "points =", "ponts =", "ponts: there is no such key; did you mean 'points'?"),
        (CONTRACT, "[]", '["sofmax"]', "did you mean 'softmax'?"),
        (CONTRACT, '"scale_columns(X)"', '"scale_columns(X"', "is not of the form"),
        (CONTRACT, "points = 10", "points = ten", "is not TOML"),
        (SOLUTION, "return X / largest", "return X /", "invalid syntax"),
    ],
)
def test_error_says_where_it_is_and_what_is_meant(course, file, old, new, said):
    """The file, the line, and what is near."""
    line = change(course, file, old, new)

    text = found(course)

    assert said in text
    place = re.search(rf"{re.escape(file)}[ ,].*?line (\d+)", text)
    assert place
    assert abs(int(place[1]) - line) <= 6  # a check and a mistake are named by their first line


def test_broken_parts_are_found_though_no_check_uses_them(course):
    """With file and line."""
    change(course, PARTS, "", "def scale_columns(X):\n    return (X\n")

    assert f"{course / PARTS}, line 2" in found(course)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            HIDDEN,
            "@pytest.mark.stub",
            "@pytest.mark.weight(0)\n@pytest.mark.stub",
            "scale_columns: no hidden check has points",
        ),
        (CONTRACT, "[]", '["softmax"]', "it forbids softmax, and no hidden check asks"),
        (HIDDEN, "test_scale_columns_random", "test_scale_columns_example", "rename one"),
        (
            HIDDEN,
            "",
            '\n\n@pytest.mark.stub("scale_columns")\n'
            "def test_scale_columns_random(submission):\n    pass\n",
            "test_scale_columns_random never runs",
        ),
        (
            BANK,
            'misconception(\n    "scale_columns"',
            'misconception(\n    "scale"',
            "no stub 'scale'",
        ),
        (PARTS, "", "def scale_colums(X):\n    return X\n", "did you mean 'scale_columns'?"),
    ],
    ids=["no hidden check", "rule", "two suites", "defined twice", "mistake", "part"],
)
def test_gap_in_the_suite_is_found(course, file, old, new, said):
    """What would never be noticed while students are graded."""
    change(course, file, old, new)

    assert said in found(course)


def test_value_that_students_can_read_is_found(course):
    """A number that a hidden check expects, in a public check of the stub or in code that is sent
    into the sandbox; the same number of another stub's check may be chance."""
    compared = "assert_close(submission.scale_columns(torch.ones(1, 1)), 0.4375)"
    mark = '@pytest.mark.stub("scale_columns")'
    change(course, PUBLIC, "", f"\n\n{mark}\ndef test_more(submission):\n    {compared}\n")
    change(course, HIDDEN, "", f"\n\n{mark}\ndef test_last(submission):\n    {compared}\n")
    sent = "\n\n@in_sandbox\ndef give(submission):\n    return submission.scale_columns(0.4375)\n"
    change(course, HIDDEN, "import assert_same\n", "import assert_close, assert_same, in_sandbox\n")
    change(course, HIDDEN, "", sent)

    text = found(course)

    assert "test_public.py: line 18 has the number 0.4375" in text
    assert "give: it is sent into the sandbox" in text


def test_new_assignment_has_no_gap(course):
    """Nothing is said of what is right."""
    assert found(course) == ""


def test_fault_of_a_check_is_told_once_with_its_line(course):
    """Not for every program that meets it."""
    line = change(course, HIDDEN, "torch.randn(", "torch.rann(")

    done = subprocess.run(
        [sys.executable, "-m", "grader", "validate", "week_3", "--runs", "1"],
        cwd=course,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "300"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert done.stdout.count("✗ ") == 1
    assert f"line {line}: AttributeError" in done.stdout
    assert "did you mean 'randn'?" in " ".join(done.stdout.split())
