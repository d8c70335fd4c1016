"""What a real training is judged by."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.functional import one_hot

from grader.checking import Mismatch
from grader.checking.comparison import observing
from grader.checking.results import MOST_EPOCHS, MOST_MISTAKES, Curve
from grader.checking.training import (
    BANDS,
    USUAL,
    assert_bias,
    assert_table,
    assert_weight,
    hidden_accuracy,
    keep_curve,
    keep_history,
    keep_predictions,
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
    labels, public = torch.from_numpy(data.hidden_labels()), len(data.public_labels())
    seen = []

    def knows(images):
        seen.append(tuple(images.shape))
        return one_hot(torch.cat([labels, torch.zeros(public, dtype=torch.int64)]), 10)

    with observing() as observed:
        assert hidden_accuracy(knows, data, "no scores") == 1.0
    assert seen == [(len(labels) + public, 1, 28, 28)]
    assert sum(row[0] for row in observed.kept.predictions.counts) == public
    with pytest.raises(Mismatch, match="no scores"):
        hidden_accuracy(lambda images: images[:, 0, 0, 0], data, "no scores")


# ------------------------------------------------------------------------------ what is drawn


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ([0.5, torch.tensor(0.25), np.float32(0.125), 1], [0.5, 0.25, 0.125, 1.0]),
        ([1 / 3], [0.333333]),
        ([0.5, math.nan, 0.25], [0.5]),
        ([0.5, math.inf], [0.5]),
        ([0.5, "abc", 0.25], [0.5]),
        ([0.5, None], [0.5]),
        ([0.5, torch.ones(2)], [0.5]),
        ([0.5, 10**400], [0.5]),
        ([0.5, object()], [0.5]),
        (range(1_000), [float(value) for value in range(MOST_EPOCHS)]),
    ],
    ids=lambda values: type(values[-1]).__name__,
)
def test_curve_holds_the_numbers_up_to_the_first_that_is_none(values, kept):
    """Whatever a training gave, keeping it raises nothing, and there is a limit."""
    with observing() as observed:
        keep_curve("the loss", values, [(0.0, 1.0)])

    assert observed.kept.curves == [Curve("the loss", kept, [(0.0, 1.0)])]


def test_curve_without_numbers_is_none():
    """Nor is there one outside of a check."""
    keep_curve("the loss", [1.0])
    with observing() as observed:
        keep_curve("the loss", [])
        keep_curve("the loss", [math.nan, 1.0])

    assert observed.kept.curves == []


def test_history_is_three_curves():
    """Each column with what is usual of it."""
    with observing() as observed:
        keep_history([[0.8, 0.7, 0.6], [0.5, 0.9, 0.8]], [[(0.1, 0.9)] * 2, (), ()])

    assert observed.kept.curves == [
        Curve("the training loss", [0.8, 0.5], [(0.1, 0.9), (0.1, 0.9)]),
        Curve("the training accuracy", [0.7, 0.9]),
        Curve("the test accuracy", [0.6, 0.8]),
    ]


def test_predictions_are_counted_and_the_first_mistakes_named():
    """Rows are true classes; a mistake is a place in the public test split and what it was taken
    for. Scores that are not numbers change nothing of that."""
    data = find("FashionMNIST", Path("embedded"))
    labels = torch.from_numpy(data.public_labels())
    taken = labels.clone()
    taken[labels == 3] = 4
    scores = one_hot(taken, 10).float()
    scores[labels == 7] = math.nan
    with observing() as observed:
        keep_predictions(scores, data)
    kept = observed.kept.predictions

    assert [sum(row) for row in kept.counts] == torch.bincount(labels).tolist()
    assert kept.counts[3][4] == int((labels == 3).sum())
    assert kept.counts[0] == [int((labels == 0).sum()), *[0] * 9]
    wrong = [place for place, label in enumerate(labels.tolist()) if label in (3, 7)]
    assert [place for place, _ in kept.mistakes] == wrong[:MOST_MISTAKES]
    assert all(taken == 4 for place, taken in kept.mistakes if labels[place] == 3)


def test_scores_of_other_images_are_not_kept():
    """Their number or their classes do not fit."""
    data = find("FashionMNIST", Path("embedded"))
    with observing() as observed:
        keep_predictions(torch.zeros(7, 10), data)
        keep_predictions(torch.zeros(len(data.public_labels()), 3), data)

    assert observed.kept.predictions is None


@pytest.mark.parametrize("variant", ["full", "embedded"])
def test_usual_lies_within_what_checks_demand(variant):
    """Ten epochs, and a page never calls usual what fails."""
    _size, *limits = BANDS[variant]
    for usual, bands in zip(USUAL[variant], limits):
        assert len(usual) == 10
        for epoch, (value, room) in bands.items():
            low, high = usual[epoch - 1]
            assert value - room <= low < high <= value + room
