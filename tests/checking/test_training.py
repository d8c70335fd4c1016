"""What a real training is judged by."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from grader.checking import Mismatch
from grader.checking.training import (
    assert_bias,
    assert_table,
    assert_weight,
    hidden_accuracy,
    rows_of,
)
from grader.course.datasets import find

LEARNED = torch.full((784, 10), 0.0).requires_grad_()
ZEROS = torch.zeros(10, requires_grad=True)
PROBLEM = "{name} is not a tensor of shape {shape}"


@pytest.mark.parametrize(
    ("history", "problem"),
    [
        (None, "train(...) is None"),
        ([(1, 2, 3)], "train(...) has 1 values, expected 2"),
        ([(1, 2, 3), (1, 2)], "an epoch of train(...) has 2 values, expected 3"),
    ],
)
def test_history_is_a_row_of_three_for_each_epoch(history, problem):
    """Anything else is said in words."""
    with pytest.raises(Mismatch) as raised:
        rows_of(history, 2)

    assert raised.value.problem == problem


def test_table_names_the_epoch_that_is_off():
    """Losses first; without accuracies only these."""
    rows = [[0.8, 0.7], [0.5, 0.9]]

    assert_table(rows, {2: (0.5, 0.01)})
    with pytest.raises(Mismatch, match=r"the training accuracy of epoch 2 is 0\.9"):
        assert_table(rows, {1: (0.8, 0.01)}, {1: (0.7, 0.01), 2: (0.8, 0.01)})


@pytest.mark.parametrize(
    ("W", "b", "problem"),
    [
        (torch.zeros(10, 784), ZEROS, r"W is not a tensor of shape \(784, 10\)"),
        (LEARNED, None, r"b is not a tensor of shape \(10,\)"),
        (LEARNED.detach(), ZEROS, "W does not require gradients"),
        (LEARNED, torch.ones(10, requires_grad=True), "10 of 10 values are wrong: b is"),
        (torch.randn(784, 10).requires_grad_(), ZEROS, "the standard deviation of W"),
        ((torch.randn(784, 10) * 0.01 + 1).requires_grad_(), ZEROS, "the mean of W is 1"),
    ],
)
def test_start_of_the_parameters(W, b, problem):
    """Shapes, gradients, zeros for b, and for W zeros or the standard deviation 0.01."""
    torch.manual_seed(0)
    assert_weight(LEARNED, PROBLEM)
    assert_weight((torch.randn(784, 10) * 0.01).requires_grad_(), PROBLEM)
    assert_bias(ZEROS, PROBLEM)

    is_of_weight = b is ZEROS
    with pytest.raises(AssertionError, match=problem):
        assert_weight(W, PROBLEM) if is_of_weight else assert_bias(b, PROBLEM)


def test_hidden_accuracy_is_that_of_the_labels_outside():
    """Of scores for every image, whatever they are made of; anything else is said in words."""
    data = find("FashionMNIST", Path("embedded"))
    labels = torch.from_numpy(data.hidden_labels()).long()
    seen = []

    def knows(images):
        seen.append(tuple(images.shape))
        return torch.nn.functional.one_hot(labels, 10)

    assert hidden_accuracy(knows, data, "no scores") == 1.0
    assert seen == [(len(labels), 1, 28, 28)]
    with pytest.raises(Mismatch, match="no scores"):
        hidden_accuracy(lambda images: images[:, 0, 0, 0], data, "no scores")
