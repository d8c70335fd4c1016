"""Comparing returned values with expected ones, and the words for what differs."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from grader.checking import comparison
from grader.checking.comparison import (
    Mismatch,
    as_number,
    as_tensor,
    assert_close,
    assert_each_close,
    assert_number,
    assert_same,
    assert_sequence,
    described,
    observing,
    shown,
    with_shapes,
)
from grader.checking.results import MOST_NUMBERS, Values


@pytest.fixture
def compared():
    """The values that were compared in this test."""
    with observing() as observed:
        yield observed.values


def mismatch(compare, *arguments, **options):
    with pytest.raises(Mismatch) as raised:
        compare(*arguments, **options)
    return raised.value


# ------------------------------------------------------------------------------ what is equal


def test_number_keeps_its_precision():
    """A Python number is not rounded to float32 on the way."""
    assert as_number(0.503310007690) == 0.503310007690
    with pytest.raises(Mismatch):
        assert_number(0.503310007690, 0.503310009690, tolerance=1e-9, what="it")


def test_numbers_of_python_have_the_room_of_float32():
    """A list of numbers that were computed in float32 may differ in the last bits, as on another
    device; a list of float64 tensors may not."""
    wanted = [1.0, 2.0]
    assert_close([1 + 1e-6, 2.0], wanted)
    assert_close([1 + 1e-6, torch.tensor(2.0, dtype=torch.float64)], wanted)

    with pytest.raises(Mismatch):
        assert_close([1 + 1e-2, 2.0], wanted)
    with pytest.raises(Mismatch):
        assert_close([torch.tensor(1 + 1e-5, dtype=torch.float64)] * 2, [1.0, 1.0])


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (torch.tensor([1.0, 2.0]), [1.0, 2.0]),
        (torch.tensor([1, 2]), torch.tensor([1.0, 2.0])),
        (np.array([1.0, 2.0]), torch.tensor([1.0, 2.0])),
        ([1.0, 2.0], torch.tensor([1.0, 2.0])),
        ((torch.tensor(1.0), 2), [1.0, 2.0]),
        ([[1, 2], [3, 4]], torch.tensor([[1.0, 2.0], [3.0, 4.0]])),
        (torch.tensor([3.0]), 3.0),
        (torch.tensor([[3.0]]), torch.tensor(3.0)),
        (3, torch.tensor(3.0)),
        (True, 1),
        (torch.tensor([True, False]), [1.0, 0.0]),
        (torch.ones(2, requires_grad=True) * 2, [2.0, 2.0]),
        (torch.tensor([math.nan, math.inf]), [math.nan, math.inf]),
        (torch.empty(0), []),
        ([], torch.empty(0)),
        (torch.tensor([1.0000001]), [1.0]),
        (torch.tensor([1.003], dtype=torch.float16), [1.0]),
    ],
    ids=repr,
)
def test_same_meaning_is_close(actual, expected):
    """Types, containers and single elements do not matter where the values mean the same."""
    assert_close(actual, expected)


@pytest.mark.parametrize(
    ("dtype", "error"),
    [(torch.float64, 1e-5), (torch.float32, 1e-2), (torch.float16, 0.1), (torch.bfloat16, 0.2)],
    ids=str,
)
def test_tolerance_follows_the_type_of_the_values(dtype, error):
    """What is noise in half precision is a mistake in double precision."""
    expected = torch.ones(3, dtype=torch.float64)

    assert_close(expected.to(dtype), expected)
    mismatch(assert_close, (expected + error).to(dtype), expected)


def test_tolerance_can_be_given():
    """The author's own tolerance replaces the one of the type."""
    assert_close(torch.tensor([1.05]), [1.0], atol=0.1)
    mismatch(assert_close, torch.tensor([1.05]), [1.0], atol=0.01, rtol=0)


# ------------------------------------------------------------------------------ what differs


def test_difference_counts_and_shows_the_students_values():
    """The problem shows what came; only the expectation shows what should have come."""
    found = mismatch(assert_close, torch.tensor([1.0, 5.25]), [1.0, 7.75], what="the loss")

    assert found.problem == "1 of 2 values are wrong: the loss is [1, 5.25]"
    assert found.expectation == "expected [1, 7.75]"
    assert str(found) == found.problem


def test_single_value_is_not_counted():
    """One number is wrong, not 1 of 1."""
    found = mismatch(assert_close, 5.25, 7.75, what="it")

    assert found.problem == "wrong value: it is 5.25"


def test_nan_is_named():
    """Values that are not numbers are said to be so, unless they are expected."""
    found = mismatch(assert_close, torch.tensor([math.nan, 1.0]), [1.0, 1.0], what="softmax(X)")

    assert found.problem == "softmax(X) contains nan (not a number)"


def test_shape_is_named_with_the_authors_hint():
    """A shape is no secret: both are shown, with what it means."""
    found = mismatch(
        assert_close, torch.ones(2, 1), torch.ones(2), what="it", shape_hint="one loss per example"
    )

    assert found.problem == "it has shape (2, 1), expected (2,): one loss per example"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "it is None"),
        ("abc", "it is 'abc', expected numbers"),
        ({"a": 1}, "it is a value of another kind"),
        ([[1], [1, 2]], "it is a list of 2 entries, expected numbers"),
        ([1, "a"], "it is 'a', expected numbers"),
        ([1, None], "it is None"),
        (object(), "it is a value of another kind"),
        (np.array(["a"]), "it is a value of another kind"),
        ((1 << 64) - 1, "it is 18446744073709551615, expected numbers"),
    ],
    ids=lambda value: repr(value).split(" at 0x")[0][:30],
)
def test_what_means_no_numbers_is_described(value, words):
    """Whatever a student returns, the comparison ends with words, never with its own error."""
    for compare in (as_tensor, as_number):
        assert mismatch(compare, value).problem.startswith(words)
    assert mismatch(assert_close, value, 1.0).problem.startswith(words)


def test_words_are_bounded():
    """A long value is cut, and so is a large tensor."""
    texts = [
        mismatch(assert_close, "x" * 10_000, 1.0).problem,
        mismatch(assert_close, torch.arange(10_000.0), torch.zeros(10_000)).problem,
        mismatch(assert_close, torch.arange(10_000.0), torch.ones(10_000)).expectation,
        mismatch(assert_sequence, dict.fromkeys(range(1000), "x" * 100), 2, "it").problem,
        described(dict.fromkeys(range(1000), "x" * 100)),
    ]

    assert max(map(len, texts)) < 300


# ------------------------------------------------------------------------------ numbers


def test_number_may_be_a_tensor_of_one():
    """Floats, ints, and tensors and arrays of one element are numbers."""
    for value in (0.5, torch.tensor(0.5), torch.tensor([[0.5]]), np.array([0.5])):
        assert_number(value, 0.5, what="the accuracy")


def test_wrong_number_is_shown():
    """The student's number in the problem, the expected one in the expectation."""
    found = mismatch(assert_number, 0.25, 0.75, what="the accuracy")

    assert found.problem == "the accuracy is 0.25"
    assert found.expectation == "expected 0.75"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_nan_is_never_the_number(value):
    """No comparison with nan or infinity passes by accident."""
    mismatch(assert_number, value, 0.5, what="it")


def test_several_numbers_are_not_one():
    """A tensor of more elements says its shape."""
    found = mismatch(assert_number, torch.ones(3), 1.0, what="it")

    assert found.problem == "it has shape (3,), expected one number"


# ------------------------------------------------------------------------------ sequences


@pytest.mark.parametrize("value", [[1, 2], (1, 2), torch.tensor([1, 2])], ids=repr)
def test_sequence_is_given_back(value):
    """Lists, tuples and 1-D tensors of the right length are sequences."""
    assert list(assert_sequence(value, 2, "it")) == [1, 2]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([1], "it has 1 values, expected 2"),
        ("ab", "it is 'ab', expected 2 values"),
        (None, "it is None"),
        (torch.ones(2, 2), "it is a tensor of shape (2, 2), expected 2 values"),
        (3, "it is 3, expected 2 values"),
    ],
    ids=repr,
)
def test_wrong_sequence_is_described(value, words):
    """Another length or kind is said in words."""
    assert mismatch(assert_sequence, value, 2, "it").problem == words


# ------------------------------------------------------------------------------ for the diagnosis


def test_compared_values_are_observed_in_order(compared):
    """What a check compares is remembered, the failing value included."""
    assert_number(1.0, 1.0, what="it")
    assert_sequence([1, 2], 2, "it")
    mismatch(assert_close, torch.tensor([5.0]), [6.0])

    assert compared[:2] == [1.0, [1, 2]]
    assert compared[2].tolist() == [5.0]


def test_each_check_is_observed_on_its_own():
    """What is compared before, within or after does not mix; outside of checks nothing is kept."""
    assert_number(0.0, 0.0, what="it")
    with observing() as outer:
        assert_number(1.0, 1.0, what="it")
        with observing() as inner:
            assert_number(2.0, 2.0, what="it")
        assert_number(3.0, 3.0, what="it")
    assert_number(4.0, 4.0, what="it")

    assert (outer.values, inner.values) == ([1.0, 3.0], [2.0])
    assert [one.value for one in inner.kept.measured] == [2.0]


def test_small_tensors_are_shown_whole():
    """Rows in brackets, four digits, booleans and infinities as words."""
    assert shown(torch.tensor([[1.0, 2.5], [1 / 3, 1e9]])) == "[[1, 2.5], [0.3333, 1e+09]]"
    assert shown(torch.tensor([True, False])) == "[True, False]"
    assert shown(torch.tensor(math.inf)) == "inf"


def test_large_tensors_show_shape_and_first_values():
    """More values than fit are cut out."""
    text = shown(torch.arange(float(comparison.SHOWN_VALUES + 1)))

    assert text == "(13,) values [0, 1, 2, 3, 4, 5, …]"


# ------------------------------------------------------------------------------ for pages


def test_difference_carries_its_numbers():
    """What came back, to nine digits, and what should have; no finite number is a word."""
    returned = torch.tensor([[1 / 3, math.nan], [math.inf, -math.inf]], dtype=torch.float64)
    found = mismatch(assert_close, returned, torch.ones(2, 2), what="softmax(X)").compared

    assert found.what == "softmax(X)"
    assert found.returned == Values((2, 2), [0.333333333, "nan", "inf", "-inf"])
    assert found.shape == (2, 2)
    assert found.expected == Values((2, 2), [1.0, 1.0, 1.0, 1.0])


@pytest.mark.parametrize(
    ("compare", "value", "expected", "shapes"),
    [
        (assert_close, torch.ones(2, 1), torch.ones(2), ((2, 1), (2,))),
        (assert_close, [[1, 2], [3, 4]], torch.ones(2, 2), ((2, 2), (2, 2))),
        (assert_close, torch.tensor([3.0]), 1.0, ((), ())),
        (assert_number, torch.tensor([0.25]), 0.75, ((), ())),
        (assert_number, torch.ones(3), 0.75, ((3,), ())),
        (assert_number, True, 0, ((), ())),
        (assert_close, torch.empty(0, 3), torch.ones(3), ((0, 3), (3,))),
    ],
)
def test_shapes_are_those_that_were_compared(compare, value, expected, shapes):
    """A number has the shape (), whatever it came in."""
    found = mismatch(compare, value, expected).compared

    assert (found.returned.shape, found.shape) == shapes


def test_numbers_of_a_difference_are_bounded():
    """Of a large tensor the first ones, in the order of rows, and its whole shape."""
    found = mismatch(assert_close, torch.arange(10_000.0).reshape(100, 100), torch.ones(100, 100))

    assert found.compared.returned.shape == (100, 100)
    assert found.compared.returned.numbers == list(map(float, range(MOST_NUMBERS)))
    assert len(found.compared.expected.numbers) == MOST_NUMBERS


@pytest.mark.parametrize(
    "value", [None, "abc", object(), [1, "a"], {"a": 1}], ids=lambda value: type(value).__name__
)
def test_what_means_no_numbers_has_none_to_show(value):
    """Words say what it is."""
    for compare in (assert_close, assert_number):
        assert mismatch(compare, value, 1.0).compared is None


# ------------------------------------------------------------------------------ several at once


def test_each_value_is_called_by_its_own_name():
    """What differs first is named; another number of values is no comparison."""
    found = mismatch(assert_each_close, [1.0, 2.5], [1.0, 2.0], ("the weight", "the bias"))

    assert found.problem == "wrong value: the bias is 2.5"
    with pytest.raises(ValueError, match="longer"):
        assert_each_close([1.0], [1.0, 2.0], ("the weight", "the bias"))


def test_stub_is_compared_with_the_references():
    """By the name before the bracket, with the same arguments."""
    ours, theirs = SimpleNamespace(twice=lambda x: x + 1), SimpleNamespace(twice=lambda x: 2 * x)

    assert_same(ours, theirs, "twice(x)", 1)

    assert mismatch(assert_same, ours, theirs, "twice(x)", 3).problem == (
        "wrong value: twice(x) is 4"
    )


def test_shapes_of_tensors_stand_behind_a_call():
    """Of the inputs a message names the shapes, never the values."""
    y_hat, y = torch.ones(3, 2), torch.ones(3)

    assert with_shapes("accuracy(y_hat, y)", y_hat, y) == (
        "accuracy(y_hat, y) for y_hat of shape (3, 2) and y of shape (3,)"
    )
    assert with_shapes("predict(net, n)", None, 6) == "predict(net, n)"
