"""What a real training is judged by: its history, the start of its parameters, and its accuracy on
labels that the box never sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from grader.checking.comparison import (
    Mismatch,
    assert_between,
    assert_close,
    assert_number,
    assert_sequence,
    observe,
)
from grader.course.datasets import Dataset
from grader.i18n.words import _

Bands = dict[int, tuple[float, float]]  # by epoch: the value, and how far it may be off

# Softmax regression on Fashion-MNIST, learning rate 0.1: batch size, training loss per example,
# training accuracy. full: documents 001 and 003, reproduced over 60 seeds, room at least 8 standard
# deviations. embedded: measured over 60 seeds on the subset that the package carries; its batch
# size divides it, so that the mean over batches is the mean over examples.
BANDS: dict[str, tuple[int, Bands, Bands]] = {
    "full": (
        256,
        {1: (0.7858, 0.013), 2: (0.5705, 0.006), 10: (0.4473, 0.006)},
        {1: (0.7491, 0.014), 2: (0.8130, 0.006), 10: (0.8481, 0.006)},
    ),
    "embedded": (
        50,
        {1: (0.8601, 0.05), 2: (0.6031, 0.036), 10: (0.4429, 0.023)},
        {1: (0.7117, 0.026), 2: (0.7962, 0.021), 10: (0.8489, 0.018)},
    ),
}


def rows_of(history: Any, epochs: int) -> list[list[Any]]:
    """The history as a row (train loss, train accuracy, test accuracy) for each epoch; Mismatch in
    words otherwise."""
    rows = assert_sequence(history, epochs, "train(...)")
    return [list(assert_sequence(row, 3, _("an epoch of train(...)"))) for row in rows]


def numbers_of(history: Any, epochs: int) -> list[list[float]]:
    """The same as floats."""
    return [[float(value) for value in row] for row in rows_of(history, epochs)]


def assert_rule(loss: float, train_accuracy: float, test_accuracy: float) -> None:
    """Raise Mismatch unless the documents' rule holds: a loss below 0.5, accuracies above 0.7."""
    assert_between(loss, None, 0.5, what=_("the training loss"))
    assert_between(train_accuracy, 0.7, 1, what=_("the training accuracy"))
    assert_between(test_accuracy, 0.7, 1, what=_("the test accuracy"))


def assert_table(rows: list[list[Any]], losses: Bands, accuracies: Bands | None = None) -> None:
    """Raise Mismatch unless the first and the second column are within the bands of a table."""
    for epoch, (value, room) in losses.items():
        what = _("the training loss of epoch {epoch}").format(epoch=epoch)
        assert_number(rows[epoch - 1][0], value, tolerance=room, what=what)
    for epoch, (value, room) in (accuracies or {}).items():
        what = _("the training accuracy of epoch {epoch}").format(epoch=epoch)
        assert_number(rows[epoch - 1][1], value, tolerance=room, what=what)


def hidden_accuracy(model: Callable[[torch.Tensor], Any], data: Dataset, problem: str) -> float:
    """The accuracy, from 0 to 1, of the scores (n, 10) that the function `model` gives for the
    hidden test images (n, 1, 28, 28) of `data`, the fixture `dataset`; `problem` is the sentence of
    the Mismatch where it gives something else.
    """
    images = torch.from_numpy(data.hidden_images()).float().div(255).unsqueeze(1)
    scores = model(images)
    if not isinstance(scores, torch.Tensor) or scores.shape != (len(images), 10):
        raise Mismatch(problem)
    right = scores.argmax(1) == torch.from_numpy(data.hidden_labels())
    return float(right.double().mean())


def assert_bias(b: Any, problem: str) -> None:
    """Raise Mismatch unless b is ten zeros and learnable. problem: a sentence with {name} and
    {shape} for what is no such tensor."""
    _assert_learnable(b, "b", (10,), problem)
    assert_close(b, torch.zeros(10), what="b")


def assert_weight(W: Any, problem: str) -> None:
    """Raise Mismatch unless W (784, 10) has the standard deviation 0.01 or is zero, and is
    learnable. problem: as in assert_bias."""
    _assert_learnable(W, "W", (784, 10), problem)
    # 7,840 draws: the standard deviation of their standard deviation is 8e-5, so 0.0095, where
    # one digit rounds to 0.009, is 6 of them away, and 0.001 for the mean is 8.8 of its 1.1e-4:
    # chance fails a right W less than once in 10^9 times.
    spread, middle = float(W.detach().double().std()), float(W.detach().double().mean())
    if spread != 0 or middle != 0:
        one_digit = float(f"{spread:.0e}")
        assert_number(one_digit, 0.01, what=_("the standard deviation of W, to one digit,"))
        text = _("the mean of W is {middle:.3g}, which is too far from 0")
        assert abs(middle) < 0.001, text.format(middle=middle)


def _assert_learnable(value: Any, name: str, shape: tuple[int, ...], problem: str) -> None:
    if not isinstance(value, torch.Tensor) or tuple(value.shape) != shape:
        raise Mismatch(problem.format(name=name, shape=shape))
    observe(value.requires_grad)
    assert value.requires_grad, _("{name} does not require gradients").format(name=name)
