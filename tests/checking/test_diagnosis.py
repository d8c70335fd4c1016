"""What is kept of a check for the diagnosis, and when two answers are the same."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from grader.checking.comparison import observing
from grader.checking.diagnosis.mistakes import (
    MOST_KEPT,
    Raised,
    agree,
    bounded,
    digest,
    observe_raised,
    size,
    text_of,
)
from grader.course.assignment import Stub
from grader.errors import StudentError
from grader.sandbox.inside.cells import Cell
from grader.sandbox.inside.definitions import Index

HUGE = torch.zeros(MOST_KEPT // 4 + 1)


def test_answer_is_kept_and_a_huge_one_forgotten():
    """256 MB can come back in each of 70 checks: they must not add up on the trusted side."""
    assert bounded([torch.zeros(3)])[0].numel() == 3
    assert bounded([HUGE]) == bounded([[1.0, {"x": HUGE}]]) == bounded([list(range(100_000))]) == []


@pytest.mark.parametrize(
    "value", [HUGE, (HUGE,), {"x": [HUGE]}, HUGE.numpy(), "x" * 5_000_000], ids=type
)
def test_size_counts_what_is_inside(value):
    """Nested in whatever can come back."""
    assert size(value) > MOST_KEPT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (torch.tensor([1.0, 2.0]), np.array([1.0, 2.0])),
        (torch.tensor([0.33333]), torch.tensor([0.33334])),
        (torch.tensor(1e-9), torch.tensor(-0.0)),
        ([1, 2.0], (1.0, 2)),
        (True, 1),
    ],
)
def test_equal_answers_have_one_digest(one, other):
    """Up to rounding, whatever type carries the numbers."""
    assert digest([one]) == digest([other])


def test_equal_exceptions_have_one_digest_wherever_their_objects_lie():
    """An address in a message is another one in each process."""
    digests = set()
    for address in ("0x7f12a4", "0x55d0e1"):
        with observing() as observed:
            observe_raised(StudentError("KeyError", f"<function relu at {address}>", ""))
        digests.add(digest(observed.values))

    assert len(digests) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (torch.zeros(2), torch.zeros(2, 1)),
        (torch.tensor([0.333]), torch.tensor([0.344])),
        ("a", "b"),
        (None, 0),
        (Raised("ValueError", "3"), Raised("ValueError", "4")),
    ],
)
def test_other_answers_have_other_digests(one, other):
    """Shape, values, words and exceptions count."""
    assert digest([one]) != digest([other])


INF, NAN = float("inf"), float("nan")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([torch.tensor([1.0, 27.6])], [torch.tensor([1.0, INF])]),
        ([torch.tensor([1.0, NAN])], [torch.tensor([1.0, NAN])]),
        ([torch.tensor([1.0, NAN])], None),
        ([INF], [5.0, 6.0]),
        ([Raised("RuntimeError", "a (4) and b (3)")], [Raised("RuntimeError", "a (3) and b (4)")]),
        (None, None),
    ],
    ids=["infinite", "nan", "passed", "ended earlier", "operands", "both passed"],
)
def test_versions_of_one_mistake_agree_where_both_are_finite(one, other):
    """One overflows where the other does not; what comes after that is not compared."""
    assert agree(one, other)
    assert agree(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([torch.tensor([1.0, INF])], [torch.tensor([2.0, 3.0])]),
        ([torch.tensor([1.0, INF])], [torch.tensor([1.0, NAN])]),
        ([torch.tensor([1.0])], None),
        ([5.0], [5.0, 6.0]),
        ([Raised("TypeError", "not callable")], [Raised("TypeError", "not callable")]),
    ],
    ids=["finite part", "infinite and nan", "passed", "ended earlier", "many causes"],
)
def test_other_values_do_not_agree(one, other):
    """They are of two mistakes."""
    assert not agree(one, other)
    assert not agree(other, one)


def test_text_of_a_stub_is_its_code_with_that_of_its_helpers():
    """Words of comments and docstrings say nothing of what is done."""
    source = """
def halves(x):
    return x * 0.5  # the mean?

def f(x):
    \"\"\"Return the mean of x.\"\"\"
    return halves(x)

def other(x):
    return x.mean()
"""
    text = text_of(Index([Cell("ada.py", source)]), Stub("f", 1, (), (), ()))

    assert "x * 0.5" in text
    assert "mean" not in text


def test_text_that_is_nested_too_deeply_says_nothing():
    """It must not end the grading."""
    source = f"def f(x):\n    return {' + '.join(['x'] * 1000)}\n"

    assert text_of(Index([Cell("ada.py", source)]), Stub("f", 1, (), (), ())) == ""
