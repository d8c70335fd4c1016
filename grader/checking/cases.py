"""Inputs that checks of several assignments share, and what they run inside the box with them."""

from __future__ import annotations

from typing import Any

import torch

from grader.checking.comparison import assert_close, assert_each_close
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
