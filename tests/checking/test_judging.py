"""From what was seen of a submission to results: outcome, words, known mistake, hint, answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from local_box import RIGHT, LocalBox

from grader.checking.comparison import Kept
from grader.checking.diagnosis.mistakes import Diagnosis
from grader.checking.judging import judged
from grader.checking.reference import Reference
from grader.checking.results import (
    MOST_EPOCHS,
    MOST_MISTAKES,
    CheckResult,
    Curve,
    Measured,
    Predictions,
    Values,
)
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


BY_LOT = '''
@misconception("greet", "You draw a name and leave it out.")
def greet_by_lot(name):
    import random

    random.random()
    return "Hello!"

patch("greet_as_drawn", "greet", "A name is drawn before.", """import random
LOT = random.random()
def greet(name):
    return "Hello!" if LOT < 1 else name
""")
'''


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
    curves, predictions = [Curve("the loss", [0.5, 0.4])], Predictions([[1, 0], [1, 0]], [(1, 0)])
    seen = not_loaded(suite.checks, ProcessDied("its process ended"))
    seen = [replace(one, kept=Kept(measured, curves, predictions)) for one in seen]
    found = judged(seen, suite.diagnosis, Index([]), {})

    assert {one.tier: (one.measured, one.curves, one.predictions) for one in found} == {
        "unit": ([], [], None),
        "training": (measured, curves, predictions),
    }


NUMBERS = """
import pytest
import torch
from grader.checking import assert_close

@pytest.mark.stub("shout")
@pytest.mark.VISIBILITY
@pytest.mark.TIER
def test_shout(submission):
    assert_close(submission.shout(2), torch.tensor([7.125, 8.375]), what="shout(2)")

@pytest.mark.stub("greet")
@pytest.mark.uses("shout")
def test_greet(submission):
    assert_close(submission.greet(2), 9.625, what="greet(2)")
"""
PROGRAM = """
def shout(text):
    return [text + 0.5, 7.125]

def greet(name):
    return shout(name)[0]
"""


def test_other_random_numbers_are_tried_only_where_some_were_drawn(results, monkeypatch):
    """What a check sees of a mistake that draws none hardly differs with other ones: once more."""
    suite = results.suite
    bank = suite.assignment.solution.with_name("misconceptions.py")
    bank.write_text(BANK + BY_LOT, "utf-8")
    suite.diagnosis = Diagnosis(suite.reference, None)
    loaded: list[str] = []

    def load(reference, conversation, mistake=None):
        loaded.append(mistake.name if mistake else "")
        return real(reference, conversation, mistake)

    real = Reference.load
    monkeypatch.setattr(Reference, "load", load)
    results(RIGHT.replace('return f"Hello', 'return "Hello!" if name != "Ada" else f"Hello'))

    times = [loaded.count(name) for name in ("greet_nobody", "greet_by_lot", "greet_as_drawn")]
    assert times == [3, 6, 6]


def judged_of(
    folder: Path, program: str, visibility: str = "hidden", tier: str = "unit"
) -> dict[str, CheckResult]:
    """The results of a program that gives numbers."""
    checks = NUMBERS.replace("VISIBILITY", f"visibility({visibility!r})")
    assignment = small_course(folder, checks.replace("TIER", f"tier({tier!r})"))
    assignment.solution.with_name("parts.py").write_text(
        "def shout(text):\n    return [3.5, 4.5]\n"
    )
    box = LocalBox(assignment, program)
    with open_suite(assignment, None) as suite:
        seen = list(suite.meet(box, suite.checks))
        return {one.name: one for one in judged(seen, suite.diagnosis, box.source.index, {})}


@pytest.mark.parametrize("visibility", ["hidden", "after_due_date", "visible"])
def test_numbers_of_a_wrong_value_are_kept_and_expected_ones_of_visible_checks_only(
    tmp_path, visibility
):
    """Of a hidden check, nothing that is written holds what was expected."""
    result = judged_of(tmp_path, PROGRAM, visibility)["test_shout"]
    text = msgspec.json.encode(result).decode()

    assert result.compared.what == "shout(2)"
    assert result.compared.returned == Values((2,), [2.5, 7.125])
    assert result.compared.shape == (2,)
    if visibility == "visible":
        assert result.compared.expected == Values((2,), [7.125, 8.375])
    else:
        assert result.compared.expected is None
        assert "8.375" not in text


@pytest.mark.parametrize(
    "body",
    ["return None", "return 'loud'", "return 1 / 0", "return object()", "return [7.125, 8.375]"],
)
def test_where_there_is_no_wrong_number_none_is_kept(tmp_path, body):
    """Nothing came back, a text, an object, an exception; and a check that passed."""
    result = judged_of(tmp_path, f"def shout(text):\n    {body}\n")["test_shout"]

    assert result.compared is None


def test_numbers_of_a_training_are_not_those_of_a_value(tmp_path):
    """Its curves are for pages."""
    assert judged_of(tmp_path, PROGRAM, tier="training")["test_shout"].compared is None


def test_numbers_that_a_supplied_part_made_are_not_shown_as_the_students(tmp_path):
    """Where the author's part gives something else; where it gives the same they are."""
    other = judged_of(tmp_path / "other", PROGRAM)["test_greet"]
    same = judged_of(tmp_path / "same", PROGRAM.replace("text + 0.5", "3.5"))["test_greet"]

    assert "greet(2) is 3.5 (with a correct `shout`" in other.message
    assert other.compared is None
    assert same.compared.returned == Values((), [3.5])


def test_result_grows_by_little(tmp_path):
    """What one check adds to a record is bounded, whatever came back."""
    numbers = "[-(i + 0.123456789) * 1e-30 for i in range(100_000)]"
    failed = judged_of(tmp_path, f"def shout(text):\n    return {numbers}\n")["test_shout"]
    curve = Curve("the training loss", [-1.23457e-30] * MOST_EPOCHS)
    counts, mistakes = [[200] * 10] * 10, [(1_999, 9)] * MOST_MISTAKES

    assert len(msgspec.json.encode(failed.compared)) < 4_500
    assert len(msgspec.json.encode(curve)) < 1_500
    assert len(msgspec.json.encode(Predictions(counts, mistakes))) < 750
