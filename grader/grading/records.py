"""Records: what was observed while a submission was graded. Scores are computed from them.

A record never holds a score, so new weights, a late policy or an adjustment need no second run.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from grader.checking.results import CheckResult
from grader.submissions.uploads import UNKNOWN, Origin

Status = Literal["graded", "not_attempted", "unreadable", "infrastructure_error"]


class DatasetUsed(msgspec.Struct, frozen=True):
    """Which data the training checks ran on."""

    name: str
    variant: str
    sha256: str


class Record(msgspec.Struct, frozen=True):
    """Everything that was seen of one submission.

    path: where the upload lies, as it was named. origin: who handed it in, and when.
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
    origin: Origin = UNKNOWN
