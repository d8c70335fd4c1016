"""The state of a suite while one submission meets it; the fixtures find it in pytest's stash."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

import pytest

from grader.checking.marks import Check
from grader.checking.reference import Reference
from grader.checking.seen import Seen
from grader.course.assignment import Assignment
from grader.course.datasets import Dataset
from grader.errors import DeadlineExceeded, InfrastructureError, MissingStub, UsageError
from grader.sandbox.proxies import RemoteSubmission
from grader.sandbox.sandbox import Source

AFTER_TIMEOUT = 1.0  # seconds for a call of a stub that has not answered in an earlier check
# What a second attempt cannot change: what is not written is not there in any copy.
CERTAIN = (InfrastructureError, UsageError, MissingStub, pytest.skip.Exception, type(None))


class Box(Protocol):
    """What a suite needs of a sandbox: a copy of the submission for each check."""

    source: Source
    in_doubt: bool  # whether a failure now may be none of the submission's

    def open_check(
        self, seconds: float, each: float, seed: int, stub: str = "", confirms: bool = False
    ) -> AbstractContextManager[RemoteSubmission]: ...


@dataclass
class Run:
    """One submission's way through some checks of a suite.

    confirms: whether the check runs again, since its failure left a doubt.
    """

    assignment: Assignment
    dataset: Dataset | None
    reference: Reference
    box: Box
    check: Check  # the one that is running
    confirms: bool = False
    seen: list[Seen] = field(default_factory=list)

    def is_slow(self) -> bool:
        """Whether the check's stub has not answered in time in an earlier check."""
        return any(
            isinstance(one.problem, DeadlineExceeded)
            for one in self.seen
            if one.check.stub == self.check.stub
        )

    def call_seconds(self) -> float:
        """Seconds for a single call of the check that is running."""
        return min(self.check.each, AFTER_TIMEOUT) if self.is_slow() else self.check.each

    def is_doubtful(self, seen: Seen) -> bool:
        """Whether a check has failed in a copy that may be at fault itself."""
        return self.box.in_doubt and not isinstance(seen.problem, CERTAIN)

    def passed(self) -> frozenset[str]:
        """The stubs that have passed all their checks until now."""
        stubs = {one.check.stub for one in self.seen}
        return frozenset(stubs - {one.check.stub for one in self.seen if one.problem is not None})


RUNNING = pytest.StashKey[Run]()
