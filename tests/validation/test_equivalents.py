"""Judged mutants: what an author's file may say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.course import assignment as assignments
from grader.errors import AssignmentError
from grader.validation.equivalents import judged
from tests.conftest import ROOT

GOOD = """\
# Judged.
[[equivalent]]
stub = "greet"
diff = '''
-    text = text.upper()
+    pass'''
why = "For the test."

[[equivalent]]
stub = "shout"
diff = "+ 1"
why = "For the test, too."
"""


def found(tmp_path: Path, text: str) -> list[str]:
    """The stubs of the mutants that a file judges."""
    course = Path(shutil.copytree(ROOT / "tests/small_course", tmp_path / "course"))
    (course / "solutions/greeting/equivalents.toml").write_text(text, "utf-8")
    return [entry.stub for entry in judged(assignments.load("greeting", course))]


@pytest.mark.parametrize(("text", "stubs"), [(GOOD, ["greet", "shout"]), ("# none\n", [])])
def test_judged_mutants_are_read_in_their_order(tmp_path, text, stubs):
    """There may be none."""
    assert found(tmp_path, text) == stubs


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('why = "For the test, too."', 'wyh = "x"', "line 12, equivalent shout, wyh: .*'why'"),
        ('why = "For the test, too."', 'why = " "', "line 12, equivalent shout, why: say why"),
        ('why = "For the test."', "", "line 2, equivalent greet: the key 'why' is missing"),
        ('"+ 1"', "1", "line 11, equivalent shout, diff: expected `string`, got `integer`"),
        ('"+ 1"', '"1"', r"line 11, equivalent shout, diff: no line of it begins with \+ or -"),
        ('"shout"', '"shuot"', "line 10, equivalent shuot, stub: .*did you mean 'shout'"),
        ("# Judged.", "x = 1", "line 1, x: there is no such key; known are equivalent"),
        ("# Judged.", "x = = 1", "is not TOML: .*line 1, column 5"),
    ],
)
def test_mistake_in_the_file_is_told_with_its_line(tmp_path, old, new, problem):
    """File, line, stub and key are named."""
    assert GOOD.count(old) == 1

    with pytest.raises(AssignmentError, match=rf"equivalents\.toml(, | ){problem}"):
        found(tmp_path, GOOD.replace(old, new))
