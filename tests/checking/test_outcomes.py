"""What a student reads when a check fails: the author's words and their own values."""

from __future__ import annotations

import pytest
import torch

from grader.checking import outcomes
from grader.checking.comparison import Mismatch, assert_close, assert_number, assert_sequence
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


def told(problem, sentence, visibility, mistake=None, call="softmax(X)"):
    """The outcome of a check, and what a student reads of it."""
    verdict = judge(problem, visibility, call)
    return verdict.outcome, message(verdict, sentence, mistake.sentence if mistake else "")


def test_passed_check_says_nothing():
    """There is no message where there is no problem."""
    assert told(None, SENTENCE, "hidden") == ("passed", "")


@pytest.mark.parametrize("check", [wrong_tensor, wrong_number, wrong_shape])
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
    assert text == (
        "your code raised ZeroDivisionError: division by zero\n"
        "hw.py, line 3, in softmax: return 1 / X\n"
        "Checked: softmax of two rows has the known values."
    )


def test_error_on_what_was_returned_is_told_apart():
    """An error without a line of the student's happened while the check used the result."""
    _, text = told(StudentError("AttributeError", "no attribute 'exp'", ""), SENTENCE, "hidden")

    assert text == (
        "AttributeError: no attribute 'exp' (while the check used what your code returned)\n"
        "Checked: softmax of two rows has the known values."
    )


@pytest.mark.parametrize(
    "problem",
    [
        problem_of(nothing_returned),
        problem_of(lambda: assert_close(None, SECRET, what="softmax(X)")),
        problem_of(lambda: assert_sequence(None, 2)),
        StudentError("AttributeError", "'NoneType' object has no attribute 'sum'", ""),
        TypeError("'NoneType' object cannot be interpreted as an integer"),
    ],
    ids=["it", "the call", "sequence", "used in the box", "used by the check"],
)
def test_what_returned_nothing_is_said_to(problem):
    """Wherever the None came to light, the cause is the stub's missing return."""
    _, text = told(problem, SENTENCE, "visible")

    assert text == (
        "`softmax` returns nothing (None): is there a `return` on every way through it?\n"
        "Checked: softmax of two rows has the known values."
    )


def test_part_that_is_none_is_no_missing_return():
    """A gradient that is not there was not returned by anybody."""
    problem = problem_of(lambda: assert_close(None, SECRET, what="the gradient"))

    _, text = told(problem, SENTENCE, "hidden")

    assert text == "softmax of two rows has the known values: the gradient is None"


@pytest.mark.parametrize(
    ("error", "cause"),
    {
        "arguments of the stub": (
            StudentError("TypeError", "net() missing 1 required positional argument: 'W'", ""),
            "it takes other arguments than the text says; called as net(X): missing 1 required "
            "positional argument: 'W'",
        ),
        "lambda": (
            StudentError(
                "TypeError", "<lambda>() takes 0 positional arguments but 1 was given", ""
            ),
            "it takes other arguments than the text says; called as net(X): takes 0 positional "
            "arguments but 1 was given",
        ),
        "method without self": (
            StudentError(
                "TypeError", "Sums.add() takes 0 positional arguments but 1 was given", ""
            ),
            "Sums.add() cannot be called as the text says: takes 0 positional arguments but 1 was "
            "given; is `self` there?",
        ),
        "another kind": (
            StudentError("AttributeError", "'float' object has no attribute 'sum'", ""),
            "what it returned is of the kind float, which is not what the text asks for "
            "(AttributeError: 'float' object has no attribute 'sum')",
        ),
        "function of the check": (
            StudentError(
                "TypeError",
                "evaluate.<locals>.<lambda>() takes 1 positional argument but 3 were given",
                "hw.py, line 9, in net: f(X, W, b)",
            ),
            "your code raised TypeError: the function called here takes 1 positional argument but "
            "3 were given\nhw.py, line 9, in net: f(X, W, b)",
        ),
        "exit": (
            StudentError("SystemExit", "None", "hw.py, line 9, in net: exit()"),
            "your code calls exit(), which ends the program: take it out\n"
            "hw.py, line 9, in net: exit()",
        ),
        "package that is not here": (
            StudentError(
                "NameError",
                "name 'sp' is not defined",
                "hw.py, line 9, in net: sp.exp(X)",
                "hw.py, line 1: there is no package scipyx here",
            ),
            "hw.py, line 1: there is no package scipyx here\n"
            "your code raised NameError: name 'sp' is not defined\n"
            "hw.py, line 9, in net: sp.exp(X)",
        ),
        "no gradient": (
            StudentError(
                "RuntimeError",
                "element 0 of tensors does not require grad and does not have a grad_fn",
                "hw.py, line 9, in net: l.backward()",
            ),
            "no gradient flows: is there detach(), .data, .item(), .tolist() or torch.no_grad() on "
            "the way from the parameters to the result?\n"
            "your code raised RuntimeError: element 0 of tensors does not require grad and does "
            "not have a grad_fn\nhw.py, line 9, in net: l.backward()",
        ),
    }.values(),
)
def test_cause_stands_before_its_consequences(error, cause):
    """The whole text, as a student reads it; it holds no name of the check's code."""
    _, text = told(error, "net is right.", "hidden", call="net(X)")

    assert text == f"{cause}\nChecked: net is right."


def test_cause_in_the_text_replaces_what_was_seen_of_none():
    """Where the text tells the place of a missing return, this is the one sentence."""
    verdict = judge(problem_of(nothing_returned), "hidden", "softmax(X)")
    cause = "`softmax` returns nothing (None): end it with return (cell 3, line 1)"

    assert message(verdict, SENTENCE, cause=cause) == (
        f"{cause}\nChecked: softmax of two rows has the known values."
    )
    assert message(verdict, SENTENCE, KNOWN.sentence, cause).startswith(KNOWN.sentence)


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
