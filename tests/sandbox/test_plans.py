"""Every line of a box's plan says which threat it meets and which test proves it."""

from __future__ import annotations

import inspect
import itertools
import re
from pathlib import Path

import pytest

from grader.sandbox.inside import seccomp
from grader.sandbox.isolation import plans

HERE = Path(__file__).parent
FILES = {path.stem: path.read_text() for path in HERE.glob("test_*.py")}
TESTS = set(re.findall(r"^ *def (test_\w+)", "".join(FILES.values()), re.MULTILINE))


@pytest.mark.parametrize("module", [plans, seccomp], ids=lambda module: module.__name__)
def test_named_tests_exist(module):
    """A comment that names a test names one that is there."""
    named = set(re.findall(r"\btest_\w+", inspect.getsource(module))) - set(FILES)

    assert len(named) >= 4
    assert named <= TESTS


@pytest.mark.parametrize(("function", "count"), [(plans._bwrap_arguments, 11), (plans._rlimits, 4)])
def test_every_line_names_its_test(function, count):
    """Above each group of arguments of bubblewrap and each limit stands what proves it."""
    lines = [line.strip() for line in inspect.getsource(function).splitlines()]
    groups = itertools.groupby(lines, lambda line: line.startswith("#"))
    comments = ["".join(group) for is_comment, group in groups if is_comment]

    assert len(comments) == count
    assert [comment for comment in comments if "Test: test_" not in comment] == []
