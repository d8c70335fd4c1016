"""What a check of one submission found. A result holds no points: scores are computed later."""

from __future__ import annotations

from typing import Literal

import msgspec

TIERS = ("unit", "training")  # in the order in which they run
Outcome = Literal["passed", "failed", "missing", "timeout", "error", "skipped"]


class Measured(msgspec.Struct, frozen=True):
    """A number that a training gave, and the interval in which it must be; None: no end."""

    what: str
    value: float
    low: float | None
    high: float | None


class CheckResult(msgspec.Struct, frozen=True):
    """One check of one submission.

    outcome: "failed" is a wrong value, "error" an exception of the student's code or the end of
    its process, "timeout" no answer in time, "missing" a stub that is not there or not written.
    seconds: wall time of the check.
    answer: digest of the wrong values where no known mistake explains them: equal for submissions
        that gave the same, up to rounding to three digits.
    measured: numbers that a check of the training tier compared with a limit; for the instructor.
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
