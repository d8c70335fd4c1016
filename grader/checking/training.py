"""What a real training is judged by: its history, the start of its parameters, and its accuracy on
labels that the box never sees.

And what is kept of it to be drawn. That decides nothing: it is made of what a check has fetched
anyway, and raises nothing, whatever came back."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

import numpy as np
import torch

from grader.checking import live
from grader.checking.comparison import (
    Mismatch,
    as_number,
    assert_between,
    assert_close,
    assert_number,
    assert_sequence,
    observe,
    observed,
)
from grader.checking.results import (
    MOST_CLASSES,
    MOST_EPOCHS,
    MOST_MISTAKES,
    Curve,
    Predictions,
)
from grader.course.datasets import Dataset
from grader.errors import AssignmentError
from grader.i18n.words import _
from grader.sandbox.inside.data import as_floats

Bands = dict[int, tuple[float, float]]  # by epoch: the value, and how far it may be off
Usual = Sequence[tuple[float, float]]  # for every epoch: from where to where right programs are
FLOAT_BYTES = 4
MOST_BYTES = 128 << 20  # of the examples of one call: a frame takes 256 MiB

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


def between(low: list[float], high: list[float]) -> Usual:
    """Two columns of a table as a pair for every epoch."""
    return list(zip(low, high))


# What is usual of the same programs in ten epochs, no limit of any check: training loss, training
# and test accuracy. Mean and four standard deviations by benchmarks/curves.py: full, 40 runs of the
# solution of softmax_regression; embedded, the widest of 60, 40 and 20 runs of the solutions of
# softmax_regression, softmax_classes and softmax_concise.
USUAL: dict[str, list[Usual]] = {
    "full": [
        between(
            [0.7808, 0.5675, 0.523, 0.4986, 0.4836, 0.4719, 0.4635, 0.4559, 0.4503, 0.4458],
            [0.791, 0.5732, 0.5276, 0.5039, 0.4872, 0.4761, 0.4669, 0.4604, 0.4541, 0.4491],
        ),
        between(
            [0.7427, 0.8104, 0.8234, 0.8298, 0.8344, 0.838, 0.8408, 0.843, 0.8445, 0.8459],
            [0.7548, 0.8156, 0.8279, 0.8347, 0.8396, 0.8423, 0.845, 0.8465, 0.8488, 0.8505],
        ),
        between(
            [0.7498, 0.7824, 0.7987, 0.7998, 0.7864, 0.7963, 0.8212, 0.8148, 0.818, 0.8092],
            [0.8445, 0.8584, 0.859, 0.8652, 0.8825, 0.8789, 0.8626, 0.8698, 0.8684, 0.8779],
        ),
    ],
    "embedded": [
        between(
            [0.8325, 0.5788, 0.5329, 0.5037, 0.4835, 0.4671, 0.4556, 0.4471, 0.4389, 0.4283],
            [0.8883, 0.6283, 0.5655, 0.5314, 0.5088, 0.4941, 0.4816, 0.4707, 0.4636, 0.4563],
        ),
        between(
            [0.6936, 0.7822, 0.8021, 0.8158, 0.8213, 0.8262, 0.8315, 0.8337, 0.8367, 0.8397],
            [0.7277, 0.8094, 0.8245, 0.8333, 0.8405, 0.8453, 0.8486, 0.8511, 0.8553, 0.8576],
        ),
        between(
            [0.6797, 0.7055, 0.7256, 0.7423, 0.7455, 0.7454, 0.7731, 0.7544, 0.764, 0.7663],
            [0.8374, 0.8594, 0.8639, 0.8653, 0.8701, 0.8693, 0.8584, 0.8686, 0.8625, 0.8637],
        ),
    ],
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
    """The accuracy, from 0 to 1, of the scores (n, classes) that the function `model` gives for the
    hidden test examples of `data`, the fixture `dataset`, as `submission.data.tensors` has them;
    `problem` is the sentence of the Mismatch where it gives something else. What the public ones,
    which go along in the same call, are taken for is kept. Many large ones go in several calls.
    """
    if not data.classes:
        raise AssignmentError(f"{data.name} has no classes, but numbers: use hidden_error")
    answers = _answers(model, data, (len(data.classes),), problem)
    labels = torch.from_numpy(data.hidden_labels())
    scores, of_public = answers[: len(labels)], answers[len(labels) :]
    keep_predictions(of_public, data)
    return float((scores.argmax(1) == labels).double().mean())


def hidden_error(model: Callable[[torch.Tensor], Any], data: Dataset, problem: str) -> float:
    """The root of the mean squared error, in units of the labels, of the numbers (n,) or (n, 1)
    that the function `model` gives for the hidden test examples of `data`, whose labels are
    numbers. Otherwise as `hidden_accuracy`.
    """
    if data.classes:
        raise AssignmentError(f"{data.name} has classes, not numbers: use hidden_accuracy")
    labels = torch.from_numpy(data.hidden_labels()).double()
    found = _answers(model, data, (), problem)[: len(labels)].double()
    return float((found - labels).square().mean().sqrt())


def _answers(
    model: Callable[[torch.Tensor], Any], data: Dataset, shape: tuple[int, ...], problem: str
) -> torch.Tensor:
    """What a model gives for the hidden and, after them, the public test examples: a tensor
    (n, *shape), or (n, 1) in the place of (n,); Mismatch otherwise."""
    examples = np.concatenate([data.hidden_examples(), data.public_examples()])
    calls = math.ceil(examples.size * FLOAT_BYTES / MOST_BYTES)
    answers = []
    for part in np.array_split(examples, calls):
        found = model(torch.from_numpy(as_floats(part)))
        found = torch.from_numpy(found) if isinstance(found, np.ndarray) else found
        is_column = not shape and isinstance(found, torch.Tensor) and found.shape[1:] == (1,)
        found = found.squeeze(1) if is_column else found
        if not isinstance(found, torch.Tensor) or found.shape != (len(part), *shape):
            raise Mismatch(problem)
        answers.append(found)
    return torch.cat(answers)


def keep_curve(what: str, values: Iterable[Any], usual: Usual = ()) -> None:
    """Keep a number of every epoch, to be drawn over what is usual, if that is known.

    what: how the curve is called, _("the training loss").
    """
    observed().kept.curves.extend(_curves(what, values, usual))


def tell_curve(check: str, what: str, values: Iterable[Any], usual: Usual = ()) -> None:
    """Tell whoever watches the numbers of the epochs until now, in the middle of a training.

    check: the name of the check that keeps the curve in the end. what, usual: as it keeps it.
    """
    live.tell(check, _curves(what, values, usual))


def keep_history(rows: list[list[Any]], usual: Sequence[Usual] = ((), (), ())) -> None:
    """Keep the columns of a history, as `rows_of` gives it. usual: of each column."""
    names = (_("the training loss"), _("the training accuracy"), _("the test accuracy"))
    for what, values, band in zip(names, zip(*rows), usual):
        keep_curve(what, values, band)


def keep_predictions(scores: torch.Tensor, data: Dataset) -> None:
    """Keep what the public test examples, in their order, were taken for. scores: (n, classes)."""
    labels, classes = torch.from_numpy(data.public_labels()), len(data.classes)
    if not classes or scores.shape != (len(labels), classes):
        return
    predicted = scores.double().argmax(1)
    counts = torch.bincount(labels * classes + predicted, minlength=classes**2)
    table = counts.reshape(classes, -1).tolist() if classes <= MOST_CLASSES else []
    wrong = (predicted != labels).nonzero().flatten()[:MOST_MISTAKES].tolist()
    mistakes = [(place, int(predicted[place])) for place in wrong]
    observed().kept.predictions = Predictions(table, mistakes)


def _curves(what: str, values: Iterable[Any], usual: Usual) -> list[Curve]:
    """The curve; none where not even the first value is a finite number."""
    numbers = list(islice(_leading_numbers(values), MOST_EPOCHS))
    return [Curve(what, numbers, list(usual))] if numbers else []


def _leading_numbers(values: Iterable[Any]) -> Iterator[float]:
    """The values up to the first that is no finite number."""
    for value in values:
        number = math.nan
        with suppress(Mismatch, OverflowError, RuntimeError):
            number = as_number(value)
        if not math.isfinite(number):
            return
        yield float(f"{number:.6g}")


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
