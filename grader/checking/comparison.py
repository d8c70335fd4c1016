"""Comparing what a submission returned with what was expected, in words a student can use.

A Mismatch has two texts, in the reader's language. `problem` never gives the expected value away
and is shown for hidden checks too; `expectation` names it, and is shown only where the check is
visible.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from grader.checking.results import MOST_NUMBERS, Compared, Curve, Measured, Predictions, Values
from grader.errors import StudentError
from grader.i18n.words import _
from grader.sandbox.proxies import RemoteObject
from grader.sandbox.values import plain

SHOWN_VALUES = 12  # more than these are cut out of a message

# Relative and absolute tolerance by the type of the returned values: room for another order of
# the same operations, far below any mistake.
TOLERANCE = {
    torch.float64: (1e-7, 1e-9),
    torch.float32: (1e-4, 1e-6),
    torch.float16: (1e-2, 1e-3),
    torch.bfloat16: (3e-2, 1e-2),
}


@dataclass
class Kept:
    """What a check keeps of a training: the numbers that it has compared with a limit, and what is
    there to be drawn."""

    measured: list[Measured] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    predictions: Predictions | None = None


@dataclass
class Observed:
    """What a check has compared until now: raw material for naming a mistake; and what it keeps."""

    values: list[Any] = field(default_factory=list)
    kept: Kept = field(default_factory=Kept)


_observed: ContextVar[Observed | None] = ContextVar("observed", default=None)


@contextmanager
def observing() -> Iterator[Observed]:
    """Remember what is compared meanwhile."""
    token = _observed.set(observed := Observed())
    try:
        yield observed
    finally:
        _observed.reset(token)


def observed() -> Observed:
    """What the check that is running has compared; where none is, one that nobody looks at."""
    return _observed.get() or Observed()


class Mismatch(AssertionError):
    """A returned value is not what it should be.

    compared: the numbers that were looked at. As in `expectation`, what was expected is in it.
    """

    def __init__(
        self, problem: str, expectation: str = "", compared: Compared | None = None
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.expectation = expectation
        self.compared = compared


class Cause(Mismatch):
    """Why a check fails whatever it demands: a message begins with it."""


class Nothing(Mismatch):
    """None came back where there should be a value; `what` is how the message calls it."""

    def __init__(self, what: str) -> None:
        super().__init__(_("{what} is None").format(what=what))
        self.what = what


def assert_close(
    actual: Any,
    expected: Any,
    *,
    atol: float | None = None,
    rtol: float | None = None,
    what: str = "",
    shape_hint: str = "",
) -> None:
    """Raise Mismatch unless `actual` has the shape and the values of `expected`.

    Numbers, numpy arrays and tensors of one element mean the same; integer and float types too.
    what: how a message calls the value, such as _("the gradient"); "it" by default.
    shape_hint: the author's words for the shape, such as "one loss per example".
    """
    what = what or _("it")
    actual = walked(actual)
    observe(actual)
    got = as_tensor(actual, what)
    wanted = torch.as_tensor(expected)
    if got.shape != wanted.shape and not (got.numel() == 1 and wanted.dim() == 0):
        text = _("{what} has shape {shape}, expected {expected}")
        if shape_hint:
            text = _("{what} has shape {shape}, expected {expected}: {hint}")
        values = {"what": what, "shape": _shape(got), "expected": _shape(wanted)}
        problem = text.format(**values, hint=shape_hint)
        raise Mismatch(problem, compared=_compared(what, got, wanted))
    got = got.reshape(wanted.shape)
    relative, absolute = _room(actual)
    close = torch.isclose(
        got.double(),
        wanted.double(),
        rtol=relative if rtol is None else rtol,
        atol=absolute if atol is None else atol,
        equal_nan=True,
    )
    if not bool(close.all()):
        problem = _difference(got, wanted, close, what)
        raise Mismatch(problem, _expected(shown(wanted)), _compared(what, got, wanted))


def assert_each_close(
    actual: Iterable[Any], expected: Iterable[Any], names: Iterable[str], **options: Any
) -> None:
    """assert_close for one value after the other; `names` is how a message calls each of them."""
    for value, wanted, name in zip(actual, expected, names, strict=True):
        assert_close(value, wanted, what=name, **options)


def assert_same(
    submission: Any, reference: Any, call: str, *arguments: Any, **options: Any
) -> None:
    """assert_close for what a stub and the reference's version of it return for these arguments.

    call: how a message shows it, beginning with the stub's name: "softmax(X)".
    """
    stub = call.partition("(")[0]
    actual = getattr(submission, stub)(*arguments)
    expected = getattr(reference, stub)(*arguments)
    assert_close(actual, expected, what=with_shapes(call, *arguments), **options)


def with_shapes(call: str, *arguments: Any) -> str:
    """A call with the shapes of its arguments, which are no secret, unlike their values:
    "softmax(X) for X of shape (2, 5)"."""
    names = call.partition("(")[2].rstrip(")").split(", ")
    shapes = [
        _("{name} of shape {shape}").format(name=name, shape=_shape(value))
        for name, value in zip(names, arguments)
        if isinstance(value, (torch.Tensor, np.ndarray))
    ]
    if not shapes:
        return call
    return _("{call} for {shapes}").format(call=call, shapes=_(" and ").join(shapes))


def assert_number(actual: Any, expected: float, *, tolerance: float = 1e-5, what: str = "") -> None:
    """Raise Mismatch unless `actual` is one number within `tolerance` of `expected`."""
    what = what or _("it")
    observe(actual)
    number = as_number(actual, what)
    _measure(what, number, expected - tolerance, expected + tolerance)
    if not abs(number - expected) <= tolerance:
        text = _("{what} is {value}").format(what=what, value=f"{number:g}")
        numbers = (torch.tensor(one, dtype=torch.float64) for one in (number, expected))
        raise Mismatch(text, _expected(f"{expected:g}"), _compared(what, *numbers))


def assert_between(actual: Any, low: float | None, high: float | None, *, what: str = "") -> None:
    """Raise Mismatch unless `actual` is one number above `low` and at most `high`; None: no limit.

    Says what it is, never the limits. With limits this wide the number tells no mistake apart.
    """
    what = what or _("it")
    number = as_number(actual, what)
    _measure(what, number, low, high)
    if not ((low is None or number > low) and (high is None or number <= high)):
        raise Mismatch(_("{what} is {value}").format(what=what, value=f"{number:.4f}"))


def assert_sequence(actual: Any, length: int, what: str = "") -> Sequence[Any]:
    """`actual` as a list or tuple of `length` entries; Mismatch in words otherwise."""
    what = what or _("it")
    actual = walked(actual)
    observe(actual)
    if actual is None:
        raise Nothing(what)
    if isinstance(actual, (torch.Tensor, np.ndarray)) and actual.ndim == 1:
        actual = actual.tolist()
    if not isinstance(actual, (list, tuple)):
        text = _("{what} is {value}, expected {count} values")
        raise Mismatch(text.format(what=what, value=described(actual), count=length))
    if len(actual) != length:
        text = _("{what} has {count} values, expected {expected}")
        raise Mismatch(text.format(what=what, count=len(actual), expected=length))
    return actual


def walked(value: Any) -> Any:
    """An object of the box as the list of its items, where it has some; any other value itself."""
    if isinstance(value, RemoteObject):
        with suppress(StudentError):
            return list(value)
    return value


def as_number(value: Any, what: str = "") -> float:
    """A number, or the one element of a tensor or array, as a float."""
    if isinstance(value, float):
        return value  # as_tensor would round it to float32
    what = what or _("it")
    tensor = as_tensor(value, what)
    if tensor.numel() != 1:
        text = _("{what} has shape {shape}, expected one number")
        compared = Compared(what, _values(tensor), ())
        raise Mismatch(text.format(what=what, shape=_shape(tensor)), compared=compared)
    return float(tensor)


def _room(value: Any) -> tuple[float, float]:
    """Relative and absolute tolerance: that of the coarsest type in a value. A number of Python has
    that of float32: nothing says in which type it was computed."""
    if isinstance(value, (list, tuple)) and value:
        return max(map(_room, value))
    dtype = as_tensor(value).dtype if hasattr(value, "dtype") else torch.float32
    return TOLERANCE.get(dtype, TOLERANCE[torch.float32])


def as_tensor(value: Any, what: str = "") -> torch.Tensor:
    """Anything that means a tensor of numbers, as one. Raises Mismatch in words otherwise."""
    if isinstance(value, torch.Tensor):
        return value.detach()
    what = what or _("it")
    if value is None:
        raise Nothing(what)
    try:
        if isinstance(value, (list, tuple)):
            parts = [as_tensor(part, what) for part in value]
            return torch.stack([part.double() for part in parts]) if parts else torch.empty(0)
        if isinstance(value, (bool, int, float)) or hasattr(value, "__array__"):
            return torch.as_tensor(value)
    except (TypeError, ValueError, RuntimeError):
        pass
    text = _("{what} is {value}, expected numbers")
    raise Mismatch(text.format(what=what, value=described(value)))


def observe(value: Any) -> None:
    """Remember a compared value for the diagnosis, if one is being made."""
    observed().values.append(plain(value))


def _measure(what: str, value: float, low: float | None, high: float | None) -> None:
    """Remember how far a number is from its limits, for whoever proves the checks."""
    if math.isfinite(value):
        observed().kept.measured.append(Measured(what, value, low, high))


def _compared(what: str, got: torch.Tensor, wanted: torch.Tensor) -> Compared:
    """What a page draws of a difference."""
    return Compared(what, _values(got), tuple(wanted.shape), _values(wanted))


def _values(tensor: torch.Tensor) -> Values:
    """The shape and the first numbers of a tensor. Nine digits tell any two of float32 apart, and
    what differs more in float64 than it may."""
    first = tensor.flatten()[:MOST_NUMBERS].double().tolist()
    return Values(tuple(tensor.shape), [_kept(number) for number in first])


def _kept(number: float) -> Any:
    """A number as JSON can hold it."""
    return float(f"{number:.9g}") if math.isfinite(number) else str(number)


def described(value: Any) -> str:
    """A value in a few words, bounded in length."""
    is_numbers = isinstance(value, np.ndarray) and value.dtype.kind in "biufc"
    if isinstance(value, torch.Tensor) or is_numbers:
        return _("a tensor of shape {shape}").format(shape=_shape(value))
    if value is None:
        return "None"
    if isinstance(value, str):
        return repr(value[:80])
    if isinstance(value, (bool, int, float)):
        return f"{value!r:.40}"
    if isinstance(value, (list, tuple)):
        text = _("a {kind} of {count} entries")
        return text.format(kind=type(value).__name__, count=len(value))
    return _("a value of another kind ({value})").format(value=f"{value!r:.60}")


def shown(tensor: torch.Tensor) -> str:
    """A few values of a tensor, rounded to four places, rows in brackets."""
    if tensor.numel() > SHOWN_VALUES:
        head = ", ".join(_number(v) for v in tensor.flatten()[: SHOWN_VALUES // 2].tolist())
        return _("{shape} values [{head}, …]").format(shape=_shape(tensor), head=head)
    return _nested(tensor.tolist())


def _nested(values: Any) -> str:
    if isinstance(values, list):
        return "[" + ", ".join(_nested(value) for value in values) + "]"
    return _number(values)


def _number(value: float | bool) -> str:
    if isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
        return str(value)
    return f"{value:.4g}"


def _difference(got: torch.Tensor, wanted: torch.Tensor, close: torch.Tensor, what: str) -> str:
    if got.is_floating_point() and bool(got.isnan().any()) and not bool(wanted.isnan().any()):
        return _("{what} contains nan (not a number)").format(what=what)
    if close.numel() == 1:
        return _("wrong value: {what} is {value}").format(what=what, value=shown(got))
    text = _("{wrong} of {count} values are wrong: {what} is {value}")
    wrong = int((~close).sum())
    return text.format(wrong=wrong, count=close.numel(), what=what, value=shown(got))


def _expected(value: str) -> str:
    return _("expected {value}").format(value=value)


def _shape(tensor: torch.Tensor | np.ndarray) -> str:
    return str(tuple(tensor.shape))
