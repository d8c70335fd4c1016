"""Records: what was observed while a submission was graded. Scores are computed from them.

A record never holds a score, so new weights, a late policy or an adjustment need no second run.
"""

from __future__ import annotations

from typing import Literal

import msgspec

TIERS = ("unit", "training")  # in the order in which they run
Outcome = Literal["passed", "failed", "missing", "timeout", "error", "skipped"]
Status = Literal["graded", "unreadable", "infrastructure_error"]


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
    required: bool  # the stub earns nothing unless this check passes
    outcome: Outcome
    message: str
    misconception: str | None
    seconds: float
    answer: str | None = None
    measured: list[Measured] = []


class DatasetUsed(msgspec.Struct, frozen=True):
    """Which data the training checks ran on."""

    name: str
    variant: str
    sha256: str


class Record(msgspec.Struct, frozen=True):
    """Everything that was seen of one submission.

    path: where the upload lies, as it was named.
    places: where each stub is defined, by its name: "ada.py, line 12" or "cell 3, line 1".
    output: the first part of what the student's code printed; for the instructor only.
    seconds: wall time from reading the upload to the last check.
    """

    submission: str
    assignment: str
    status: Status
    isolation: str | None
    device: str
    dataset: DatasetUsed | None
    checks: list[CheckResult]
    warnings: list[str]
    output: str
    seconds: float
    environment: dict[str, str]
    digests: dict[str, str]
    path: str = ""
    places: dict[str, str] = {}
