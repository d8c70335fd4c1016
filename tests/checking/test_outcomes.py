"""What a student reads when a check fails: the author's words and their own values."""

from __future__ import annotations

import pytest
import torch

from grader.checking import outcomes
from grader.checking.comparison import Mismatch, assert_close, assert_number
from grader.checking.outcomes import MAX_MESSAGE, judge, message
from grader.course.misconceptions import Misconception
from grader.errors import (
    DeadlineExceeded,
    MissingStub,
    ProcessDied,
    ProtocolError,
    StudentError,
)

SENTENCE = "softmax of two rows has the known values."
SECRET = 0.7311
KNOWN = Misconception("columns", "softmax", "Sum each row, not each column.", "")


def wrong_tensor():
    assert_close(torch.tensor([0.25, 0.5]), [SECRET, SECRET], what="it")


def wrong_number():
    assert_number(0.25, SECRET, what="it")


def wrong_shape():
    assert_close(torch.ones(2, 2), [SECRET, SECRET], what="it")


def nothing_returned():
    assert_close(None, SECRET, what="it")


def problem_of(check):
    with pytest.raises(Mismatch) as raised:
        check()
    return raised.value


def told(problem, sentence, visibility, mistake=None):
    """The outcome of a check, and what a student reads of it."""
    verdict = judge(problem, visibility)
    return verdict.outcome, message(verdict, sentence, mistake.sentence if mistake else "")


def test_passed_check_says_nothing():
    """There is no message where there is no problem."""
    assert told(None, SENTENCE, "hidden") == ("passed", "")


@pytest.mark.parametrize("check", [wrong_tensor, wrong_number, wrong_shape, nothing_returned])
@pytest.mark.parametrize("visibility", ["hidden", "after_due_date"])
def test_hidden_message_never_holds_the_expected_value(check, visibility):
    """A hidden check tells the sentence and the student's values, not the answer."""
    outcome, text = told(problem_of(check), SENTENCE, visibility)

    assert outcome == "failed"
    assert text.startswith("softmax of two rows has the known values: ")
    assert "0.73" not in text


@pytest.mark.parametrize("check", [wrong_tensor, wrong_number])
def test_visible_message_holds_both_values(check):
    """Where the check can be read, so can the expected value."""
    outcome, text = told(problem_of(check), SENTENCE, "visible")

    assert outcome == "failed"
    assert "0.25" in text
    assert "0.7311" in text


def test_known_mistake_comes_first():
    """A mistake with a name is explained before the values."""
    _, text = told(problem_of(wrong_number), SENTENCE, "hidden", KNOWN)

    assert text.splitlines()[0] == KNOWN.sentence
    assert "it is 0.25" in text


def test_assertion_of_the_author_is_shown():
    """A plain assert with a text gives the text; without one, the sentence alone."""
    said = told(AssertionError("the accuracy is 0.10"), SENTENCE, "hidden")
    silent = told(AssertionError(), SENTENCE, "hidden")

    assert said == ("failed", "softmax of two rows has the known values: the accuracy is 0.10")
    assert silent == ("failed", SENTENCE)


def test_missing_stub_is_told_as_it_is():
    """Nothing but what is missing is said."""
    found = told(MissingStub("`softmax` is not defined in the submission"), SENTENCE, "hidden")

    assert found == ("missing", "`softmax` is not defined in the submission")


def test_students_own_lines_are_shown():
    """An error is shown with its type, its text and the student's own lines."""
    trace = "hw.py, line 3, in softmax: return 1 / X"
    error = StudentError("ZeroDivisionError", "division by zero", trace)

    outcome, text = told(error, SENTENCE, "hidden")

    assert outcome == "error"
    assert "your code raised ZeroDivisionError: division by zero" in text
    assert text.endswith("\n" + trace)


def test_error_on_what_was_returned_is_told_apart():
    """An error without a line of the student's happened while the check used the result."""
    _, text = told(StudentError("AttributeError", "no attribute 'exp'", ""), SENTENCE, "hidden")

    assert text.endswith("(while the check used what your code returned)")


def test_value_that_could_not_travel_is_told():
    """The reason why a result was refused is a part of a sentence."""
    error = StudentError("CodecError", "a tensor of shape (9,): more than it may return", "")

    outcome, text = told(error, SENTENCE, "hidden")

    assert outcome == "error"
    assert text.endswith(": it returned a tensor of shape (9,): more than it may return")


@pytest.mark.parametrize(
    ("event", "outcome", "words"),
    [
        (DeadlineExceeded("no answer within 5 seconds"), "timeout", "a loop that never ends"),
        (ProcessDied("its process ended"), "error", "ended the Python process"),
        (ProtocolError("it sent no proper answer"), "error", "disturbed the connection"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_events_have_their_own_words(event, outcome, words):
    """Too slow, gone and disturbed are three things."""
    found, text = told(event, SENTENCE, "hidden")

    assert found == outcome
    assert words in text


def test_skipped_check_is_no_failure_of_the_student():
    """A check that is skipped says why."""
    skipped = pytest.skip.Exception("needs train_epoch")

    assert told(skipped, SENTENCE, "hidden") == (
        "skipped",
        "softmax of two rows has the known values: needs train_epoch",
    )


def test_error_of_the_check_shows_nothing_of_it():
    """An exception in the check's own lines may hold answers: its text is not shown."""
    outcome, text = told(KeyError(f"expected {SECRET}"), SENTENCE, "visible")

    assert outcome == "failed"
    assert str(SECRET) not in text
    assert "cannot be used here" in text


@pytest.mark.parametrize(
    "problem",
    [
        StudentError("ValueError", "x" * 100_000, "y" * 100_000),
        AssertionError("x" * 100_000),
        MissingStub("x" * 100_000),
        Mismatch("x" * 100_000, "y" * 100_000),
        ProtocolError("x" * 100_000),
    ],
    ids=lambda problem: type(problem).__name__,
)
def test_message_is_bounded(problem):
    """However much a student's code says, a message stays short."""
    for mistake in (None, KNOWN):
        _, text = told(problem, SENTENCE, "visible", mistake)

        assert len(text) <= MAX_MESSAGE


def test_long_error_keeps_the_students_lines():
    """A long exception text does not push out the lines that show where it was raised."""
    error = StudentError("ValueError", "x" * 500, "hw.py, line 3, in f: raise ValueError(it)")

    _, text = told(error, SENTENCE, "hidden")

    assert "hw.py, line 3" in text


def test_outcomes_are_those_of_a_record():
    """Every outcome that can be judged is one that a record may hold."""
    from typing import get_args

    from grader.checking.results import Outcome

    assert {"passed", "failed", "missing", "timeout", "error", "skipped"} == set(get_args(Outcome))
    assert outcomes.Outcome is Outcome
