"""Inputs that checks of several assignments share, and what they run inside the box with them."""

from __future__ import annotations

from typing import Any

import torch

from grader.checking.comparison import (
    Mismatch,
    as_number,
    assert_close,
    assert_each_close,
    assert_number,
    with_shapes,
)
from grader.i18n.words import _
from grader.sandbox.proxies import InSandbox, in_sandbox


def labels(rng: torch.Generator, shape: int | tuple[int, ...], classes: int) -> torch.Tensor:
    """Random class numbers; a number for the shape is that of the examples."""
    size = (shape,) if isinstance(shape, int) else shape
    return torch.randint(0, classes, size, generator=rng)


def probabilities(
    rng: torch.Generator, rows: int, classes: int, dtype: torch.dtype = torch.float32
) -> torch.Tensor:
    """Random rows that sum to 1 and stay away from 0."""
    return torch.softmax(torch.randn(rows, classes, generator=rng, dtype=dtype), dim=1)


def nearly_learnt(rng: torch.Generator, examples: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Examples (n, 6) of three classes, and their labels. The weights of `learnt_weight` are wrong
    about the first one only: a training meets the documents' rule, a loss below 0.5 and accuracies
    above 0.7, which many programs assert at its end."""
    y = labels(rng, examples, 3)
    X = torch.randn(examples, 6, generator=rng) * 0.2
    X[torch.arange(examples), y] += 2.5
    y[0] = (y[0] + 1) % 3
    return X, y


def learnt_weight(rng: torch.Generator) -> torch.Tensor:
    """A weight (6, 3) under which the first three of six numbers tell the class."""
    return torch.eye(6, 3) + torch.randn(6, 3, generator=rng) * 0.05


def parameters(
    rng: torch.Generator, dtype: torch.dtype = torch.float32
) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Two parameters of different shape, and their gradients."""
    shapes = [(3, 2), (2,)]
    drawn = [torch.randn(shape, generator=rng, dtype=dtype) for shape in shapes * 2]
    return [p.requires_grad_() for p in drawn[:2]], drawn[2:]


@in_sandbox
def gradient_of(submission: Any, stub: str, arguments: list[Any], weights: Any = None) -> Any:
    """The gradient for the first argument of the sum, if need be weighted, of what a stub
    returns."""
    arguments[0].requires_grad_()
    result = getattr(submission, stub)(*arguments)
    (result if weights is None else result * weights).sum().backward()
    return arguments[0].grad


@in_sandbox
def sgd_step(
    submission: Any, params: list[Any], gradients: list[Any], lr: float, batch_size: int
) -> Any:
    """The parameters after a call of sgd, their gradients (None as zeros), and whether they still
    require one."""
    for param, gradient in zip(params, gradients):
        param.grad = gradient
    submission.sgd(params, lr, batch_size)
    grads = [torch.zeros_like(p) if p.grad is None else p.grad for p in params]
    return [p.detach() for p in params], grads, [p.requires_grad for p in params]


def assert_same_step(run: InSandbox, submission: Any, reference: Any, *case: Any) -> Any:
    """Raise Mismatch unless `run`, such as sgd_step, leaves two parameters where the reference
    does. Returns all that it gave."""
    names = (_("the first parameter after the step"), _("the second parameter after the step"))
    result = run(submission, *case)
    assert_each_close(result[0], run(reference, *case)[0], names)
    return result


def assert_cleared(submission: Any, rng: torch.Generator) -> None:
    """Raise Mismatch unless sgd leaves no gradient behind, and parameters that can have one."""
    gradients, still = sgd_step(submission, *parameters(rng), 0.1, 2)[1:]
    for gradient in gradients:
        assert_close(gradient, torch.zeros_like(gradient), what=_("the gradient after the step"))
    assert all(still), _("a parameter no longer requires gradients")


def assert_same_gradient(
    submission: Any,
    reference: Any,
    stub: str,
    arguments: list[Any],
    what: str,
    weights: torch.Tensor | None = None,
) -> None:
    """Raise Mismatch unless `gradient_of` is what it is for the reference."""
    expected = gradient_of(reference, stub, arguments, weights)
    assert_close(gradient_of(submission, stub, arguments, weights), expected, what=what)


@in_sandbox
def accuracies(submission: Any, scaled: bool) -> Any:
    """Of six examples in ragged batches, of which three are right, the accuracy as the program's
    evaluate_accuracy and train_epoch have it; None: it has none.

    scaled: whether `accuracy` gives its value times the number of examples.
    """
    y = torch.tensor([0, 1, 2, 0, 1, 2])
    X = torch.nn.functional.one_hot(torch.tensor([0, 1, 0, 0, 2, 0]), 3).float()
    W, b = torch.eye(3, requires_grad=True), torch.zeros(3, requires_grad=True)
    submission.bind(W=W, b=b, lr=0.0)
    if scaled:
        own = submission.accuracy
        submission.bind(accuracy=lambda y_hat, y: own(y_hat, y) * len(y))
    batches = list(zip(X.split([4, 2]), y.split([4, 2])))
    found: list[float | None] = []
    for attempt in (
        lambda: submission.evaluate_accuracy(submission.net, batches),
        lambda: submission.train_epoch(
            submission.net, batches, submission.cross_entropy, submission.updater
        )[1],
    ):
        try:
            found.append(float(attempt()))
        except Exception:
            found.append(None)
    return found


def takes_fractions(submission: Any) -> bool:
    """Whether the program itself multiplies what `accuracy` returns by the number of examples: with
    it evaluate_accuracy or train_epoch is right, neither would be right with a number instead."""
    own, scaled = accuracies(submission, False), accuracies(submission, True)
    right, wrong = ([value == 0.5 for value in values] for values in (own, scaled))
    multiplies = [a and not b for a, b in zip(right, wrong)]
    counts = [b and not a for a, b in zip(right, wrong)]
    return any(multiplies) and not any(counts)


def assert_count(submission: Any, y_hat: torch.Tensor, y: torch.Tensor, right: float) -> None:
    """Raise Mismatch unless accuracy(y_hat, y) is the number `right`; a fraction is as good in a
    program that multiplies it."""
    value = submission.accuracy(y_hat, y)
    try:
        assert_number(value, right, what=with_shapes("accuracy(y_hat, y)", y_hat, y))
    except Mismatch:
        if not is_fraction(value, right, len(y)) or not takes_fractions(submission):
            raise


def is_fraction(value: Any, right: float, count: int) -> bool:
    """Whether a value is the fraction of `right` out of `count` examples."""
    try:
        return abs(as_number(value) * count - right) < 1e-4
    except Mismatch:
        return False
