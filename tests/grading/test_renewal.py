"""After a change of checks only what it touches is run again."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from grader.checking.suite import open_suite
from grader.grading.records import Record
from grader.grading.session import open_session
from grader.grading.settings import Settings
from tests.conftest import small_course

CHECKS = '''
import pytest

from grader.checking import observe

LOUD = "ABC"


def shouted(submission, text):
    return submission.shout(text)


@pytest.mark.stub("greet")
def test_greet(submission):
    """greet says hello."""
    assert submission.greet("Ada") == "Hello, Ada!"


@pytest.mark.stub("shout")
@pytest.mark.weight(1)
def test_shout(submission):
    """shout gives capitals."""
    said = shouted(submission, "abc")
    observe(said)
    assert said == LOUD


@pytest.mark.stub("shout")
def test_shout_again(submission):
    """shout leaves capitals."""
    assert submission.shout("ABC") == "ABC"
'''
BEFORE = -1.0
RIGHT = """
def greet(name):
    return f"Hello, {name}!"


def shout(text):
    return text.upper()
"""
WRONG = RIGHT.replace("text.upper()", "text.lower()")
BANK = """
from grader.course.misconceptions import misconception


@misconception("shout", "These are small letters.")
def shout_lower(text):
    return text.lower()
"""


@pytest.fixture
def graded(tmp_path):
    """Grade a submission with some hidden checks, after an earlier record of it."""

    def grade(text: str, checks: str, earlier: Record | None = None, bank: str = "") -> Record:
        folder = Path(tmp_path, f"course-{len(list(tmp_path.iterdir()))}")
        folder.mkdir()
        assignment = small_course(folder, checks)
        if bank:
            Path(assignment.private or "", "misconceptions.py").write_text(bank, "utf-8")
        upload = tmp_path / "ada.py"
        upload.write_text(text, "utf-8")
        with open_session(assignment, Settings("cpu", "process")) as session:
            return session.grade(upload, earlier and marked(earlier))

    return grade


def marked(earlier: Record) -> Record:
    """The record with times that no run can take."""
    checks = [msgspec.structs.replace(check, seconds=BEFORE) for check in earlier.checks]
    return msgspec.structs.replace(earlier, checks=checks)


def again(record: Record) -> set[str]:
    """The checks that have run anew."""
    return {check.name for check in record.checks if check.seconds != BEFORE}


def without_times(record: Record) -> object:
    plain = msgspec.to_builtins(record)
    for part in (plain, *plain["checks"]):
        part["seconds"] = 0
    return plain


@pytest.mark.parametrize(
    ("old", "new", "touched"),
    [
        ('"abc")', '"abC")', {"shout"}),
        ("return submission.shout(text)", "return submission.shout(str(text))", {"shout"}),
        ('LOUD = "ABC"', 'LOUD = "AB" + "C"', {"shout"}),
        ("leaves capitals", "leaves capital letters", {"shout"}),
        ('("shout")\ndef', '("shout")\n@pytest.mark.gate\ndef', {"shout"}),
        ("import pytest", "import os\nimport pytest", set()),
        ("import pytest", "import pytest\npytest.one = 1", {"greet", "shout"}),
        ("LOUD =", "# as loud as can be\nLOUD  =", set()),
        ("weight(1)", "weight(3)", set()),
    ],
)
def test_change_touches_the_stubs_whose_checks_it_reaches(tmp_path, old, new, touched):
    """A check, what it calls, what it reads, its words and its marks; but neither layout nor
    weights, and nothing that no check looks up."""
    assert old in CHECKS
    found = []
    for number, checks in enumerate([CHECKS, CHECKS.replace(old, new)]):
        folder = tmp_path / str(number)
        folder.mkdir()
        with open_suite(small_course(folder, checks), None) as suite:
            found.append(suite.digests)

    before, after = found
    assert {key for key in before if before[key] != after[key]} == {
        f"checks of {stub}" for stub in touched
    }


def test_only_checks_of_a_touched_stub_are_run_again(graded):
    """The rest is what was seen before, and the record is that of a whole run."""
    earlier = graded(RIGHT, CHECKS)
    changed = CHECKS.replace("leaves capitals", "leaves capital letters")

    record = graded(RIGHT, changed, earlier)

    assert again(record) == {"test_shout", "test_shout_again"}
    assert without_times(record) == without_times(graded(RIGHT, changed))


def test_nothing_is_run_for_another_weight(graded):
    """Points are computed from records, with the weights of today."""
    earlier = graded(RIGHT, CHECKS)
    changed = CHECKS.replace("weight(1)", "weight(3)")

    record = graded(RIGHT, changed, earlier)

    assert again(record) == set()
    assert without_times(record) == without_times(graded(RIGHT, changed))


def test_weights_of_what_is_not_run_again_are_those_of_today(graded):
    """Also where another stub is touched."""
    earlier = graded(RIGHT, CHECKS)
    changed = CHECKS.replace("weight(1)", "weight(3)").replace("says hello", "greets")

    record = graded(RIGHT, changed, earlier)

    assert again(record) == {"test_greet", "test_greet_example"}
    assert without_times(record) == without_times(graded(RIGHT, changed))


def test_new_and_removed_checks_are_those_of_today(graded):
    """What no suite has any more is in no record."""
    earlier = graded(RIGHT, CHECKS)
    changed = CHECKS.replace("def test_shout_again", "def test_shout_twice")

    record = graded(RIGHT, changed, earlier)

    assert [check.name for check in record.checks][-1] == "test_shout_twice"
    assert without_times(record) == without_times(graded(RIGHT, changed))


def test_whole_suite_is_run_where_a_stub_fails_that_had_passed(graded):
    """Other checks may look at which stubs are right."""
    earlier = graded(RIGHT, CHECKS)
    changed = CHECKS.replace('LOUD = "ABC"', 'LOUD = "ABCD"')

    record = graded(RIGHT, changed, earlier)

    assert "test_greet" in again(record)
    assert without_times(record) == without_times(graded(RIGHT, changed))


def test_new_known_mistake_is_looked_for_where_a_stub_has_failed(graded):
    """It names what failed; who has passed is not run again."""
    failed, passed = graded(WRONG, CHECKS), graded(RIGHT, CHECKS)

    named = graded(WRONG, CHECKS, failed, BANK)

    assert again(named) == {"test_shout", "test_shout_again"}
    assert {check.misconception for check in named.checks} == {None, "shout_lower"}
    assert again(graded(RIGHT, CHECKS, passed, BANK)) == set()
