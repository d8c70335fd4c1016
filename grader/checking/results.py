"""What a check of one submission found. A result holds no points: scores are computed later."""

from __future__ import annotations

from typing import Literal

import msgspec

TIERS = ("unit", "training")  # in the order in which they run
# What a result keeps.
MOST_NUMBERS, MOST_EPOCHS, MOST_MISTAKES, MOST_CLASSES = 256, 100, 12, 100
Outcome = Literal["passed", "failed", "missing", "timeout", "error", "skipped"]


class Measured(msgspec.Struct, frozen=True):
    """A number that a training gave, and the interval in which it must be; None: no end."""

    what: str
    value: float
    low: float | None
    high: float | None


class Values(msgspec.Struct, frozen=True):
    """Numbers of a tensor or an array.

    shape: of all of it; () is a number. numbers: the first ones in the order of rows, at most
    MOST_NUMBERS, to nine digits; what is no finite number is "nan", "inf" or "-inf".
    """

    shape: tuple[int, ...]
    numbers: list[float | Literal["nan", "inf", "-inf"]]


class Compared(msgspec.Struct, frozen=True):
    """What a check that failed compared last.

    what: as its message calls it, "softmax(X) for X of shape (2, 5)". returned: what the student's
    code gave. shape: what it should have. expected: the values that it should have had, only of a
    check that is visible.
    """

    what: str
    returned: Values
    shape: tuple[int, ...]
    expected: Values | None = None


class Curve(msgspec.Struct, frozen=True):
    """A number for each epoch of a training.

    what: "the training loss". values: at most MOST_EPOCHS; it ends before the first one that is no
    finite number. band: for each epoch from where to where that of right programs is, if the author
    tells.
    """

    what: str
    values: list[float]
    band: list[tuple[float, float]] = []


class Predictions(msgspec.Struct, frozen=True):
    """What a trained model took the public test examples for.

    counts: rows are true classes, columns predicted ones; [] for more than MOST_CLASSES. mistakes:
    (place in the public test split, class that was predicted) of the first wrong ones, at most
    MOST_MISTAKES.
    """

    counts: list[list[int]]
    mistakes: list[tuple[int, int]]


class CheckResult(msgspec.Struct, frozen=True):
    """One check of one submission.

    outcome: "failed" is a wrong value, "error" an exception of the student's code or the end of
    its process, "timeout" no answer in time, "missing" a stub that is not there or not written.
    seconds: wall time of the check.
    answer: digest of the wrong values where no known mistake explains them: equal for submissions
        that gave the same, up to rounding to three digits.
    measured: numbers that a check of the training tier compared with a limit; for the instructor.
    compared, curves, predictions: what a page draws; the author of a check decides on the last two.
    """

    name: str
    stub: str
    tier: str
    visibility: str
    weight: float
    gate: bool  # it has no points, and without it the stub has none
    outcome: Outcome
    message: str
    misconception: str | None
    seconds: float
    answer: str | None = None
    measured: list[Measured] = []
    compared: Compared | None = None
    curves: list[Curve] = []
    predictions: Predictions | None = None
