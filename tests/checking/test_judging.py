"""From what was seen of a submission to results: outcome, words, known mistake, hint, answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from local_box import RIGHT, LocalBox

from grader.checking.judging import judged
from grader.checking.results import CheckResult, Measured
from grader.checking.seen import not_loaded
from grader.checking.suite import open_suite
from grader.errors import ProcessDied
from grader.sandbox.inside.definitions import Index
from tests.conftest import small_course

CHECKS = """
import pytest
from grader.checking import Mismatch, observe

@pytest.mark.stub("greet")
@pytest.mark.gate
def test_greet(submission):
    \"\"\"greet works for every name.

    The rest is for authors.
    \"\"\"
    greeting = submission.greet("Grace")
    observe(greeting)
    if greeting != "Hello, Grace!":
        raise Mismatch(f"it is {greeting!r}", "expected 'Hello, Grace!'")

@pytest.mark.stub("greet")
@pytest.mark.weight(3)
def test_friendly(submission):
    \"\"\"greet is friendly.\"\"\"
    if not submission.greet("Ada").endswith("!"):
        pytest.fail("it does not call")

@pytest.mark.stub("shout")
@pytest.mark.visibility("visible")
def test_shout(submission):
    \"\"\"shout gives capitals.\"\"\"
    loud = submission.shout("abc")
    observe(loud)
    if loud != "ABC":
        raise Mismatch(f"it is {loud!r}", "expected 'ABC'")

@pytest.mark.stub("shout")
@pytest.mark.tier("training")
def test_elsewhere(submission):
    \"\"\"shout is heard elsewhere.\"\"\"
    pytest.skip("not on this machine")
"""
BANK = """
from grader.course.misconceptions import misconception

@misconception("greet", "The name is left out.")
def greet_nobody(name):
    return "Hello!"

@misconception("greet", "The call is missing: end with an exclamation mark.")
def greet_quietly(name):
    return f"Hello, {name}."
"""


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The results of a program, by the check's name, with a bank of two mistakes of greet."""
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    assignment = small_course(tmp_path, CHECKS)
    assignment.solution.with_name("misconceptions.py").write_text(BANK, "utf-8")

    def of(text: str) -> dict[str, CheckResult]:
        box = LocalBox(assignment, text)
        seen = list(suite.meet(box, suite.checks))
        return {one.name: one for one in judged(seen, suite.diagnosis, box.source.index, {})}

    with open_suite(assignment, None) as suite:
        of.suite = suite  # type: ignore[attr-defined]
        yield of


def test_right_program_passes_without_words(results):
    """What the marks say is kept in the result, and nothing else is said."""
    found = results(RIGHT)

    greet = found["test_greet"]
    assert (greet.outcome, greet.message, greet.misconception, greet.answer) == (
        *("passed", ""),
        *(None, None),
    )
    assert (greet.stub, greet.tier, greet.visibility) == ("greet", "unit", "hidden")
    assert (greet.weight, greet.gate) == (0, True)
    assert (found["test_friendly"].weight, found["test_friendly"].gate) == (3, False)
    assert found["test_shout"].visibility == "visible"
    assert found["test_elsewhere"].tier == "training"
    assert found["test_elsewhere"].outcome == "skipped"
    assert "not on this machine" in found["test_elsewhere"].message


def test_known_mistake_is_named(results):
    """Its sentence comes first; a check that cannot be compared with it speaks for nothing."""
    found = results(RIGHT.replace("!", "."))

    greet = found["test_greet"]
    assert greet.outcome == "failed"
    assert greet.misconception == "greet_quietly"
    assert greet.message.startswith("The call is missing")
    assert "greet works for every name: it is 'Hello, Grace.'" in greet.message
    assert "expected" not in greet.message  # the check is hidden
    assert "authors" not in greet.message
    assert greet.answer is None
    assert found["test_friendly"].outcome == "failed"
    assert found["test_shout"].outcome == "passed"


def test_mistake_that_another_check_contradicts_is_not_named(results):
    """Also where that check ends with pytest.fail for the known wrong version."""
    mixed = RIGHT.replace('!"', "{'.!'[name == 'Ada']}\"")
    found = results(mixed)

    assert "it is 'Hello, Grace.'" in found["test_greet"].message
    assert found["test_greet"].misconception is None
    assert found["test_friendly"].outcome == "passed"


def test_unknown_mistake_has_an_answer_and_a_hint(results):
    """Equal wrong answers have one digest; what the text lacks is said first."""
    prints = RIGHT.replace("return text.upper()", "print(text.upper())")
    silent, same = results(prints)["test_shout"], results(prints + "\n# another file")["test_shout"]
    other = results(RIGHT.replace("upper", "title"))["test_shout"]

    assert silent.outcome == other.outcome == "failed"
    assert silent.misconception is None
    assert "expected 'ABC'" in silent.message  # the check is visible
    assert silent.message == (
        "`shout` prints and returns nothing (None): use return (hw.py, line 6)\n"
        "shout gives capitals: it is None; expected 'ABC'"
    )
    assert silent.answer == same.answer != other.answer
    assert other.message == "shout gives capitals: it is 'Abc'; expected 'ABC'"


def test_missing_stub_is_told_as_it_is(results):
    """There is no answer and no mistake in what is not there."""
    found = results("def shout(text):\n    return text.upper()\n")["test_greet"]

    assert (found.outcome, found.misconception, found.answer) == ("missing", None, None)
    assert found.message == "`greet` is not defined in the submission"


def test_submission_that_was_not_loaded_fails_everything(results):
    """Each check has met what ended the submission."""
    suite = results.suite
    seen = not_loaded(suite.checks, ProcessDied("its process ended"))
    found = judged(seen, suite.diagnosis, Index([("hw.py", RIGHT, 1)]), {})

    assert {one.outcome for one in found} == {"error"}
    assert {one.seconds for one in found} == {0}
    assert all("ended the Python process" in one.message for one in found)


def test_numbers_of_a_training_are_kept_and_those_of_a_check_are_not(results):
    """They are for the instructor, who sees how close a training came."""
    suite = results.suite
    measured = [Measured("accuracy", 0.7, 0.6, None)]
    seen = not_loaded(suite.checks, ProcessDied("its process ended"))
    for one in seen:
        one.measured.extend(measured)
    found = judged(seen, suite.diagnosis, Index([]), {})

    assert {one.tier: one.measured for one in found} == {"unit": [], "training": measured}
