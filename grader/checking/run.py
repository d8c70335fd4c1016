"""The state of a suite while one submission meets it; the fixtures find it in pytest's stash."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Protocol

import pytest

from grader.checking.comparison import Cause
from grader.checking.marks import Check
from grader.checking.reference import Reference
from grader.checking.seen import Seen
from grader.course.assignment import Assignment
from grader.course.datasets import Dataset
from grader.errors import DeadlineExceeded, InfrastructureError, MissingStub, UsageError
from grader.i18n.words import _
from grader.sandbox.proxies import RemoteSubmission
from grader.sandbox.sandbox import Source

AFTER_TIMEOUT = 1.0  # seconds for a call of a stub that has not answered in an earlier check
# What no other attempt can change.
CERTAIN = (InfrastructureError, UsageError, pytest.skip.Exception, type(None))


class Attempt(Enum):
    """How a check is run. The next one is tried where the one before has failed."""

    FIRST = "in a copy that has answered other checks"
    CONFIRMED = "in a copy of its own"
    SUPPLIED = "with the author's parts, in a copy of its own"
    BY_CONTRACT = "so, with parts that take their arguments as the text says"


class Box(Protocol):
    """What a suite needs of a sandbox: copies of the submission for its checks."""

    source: Source
    in_doubt: bool  # whether a failure now may be none of the submission's

    @property
    def reordered(self) -> Mapping[str, str]:
        """The stubs that take their arguments in an order of their own, with it."""

    def open_check(
        self, seconds: float, each: float, seed: int, stub: str = "", alone: bool = False
    ) -> AbstractContextManager[RemoteSubmission]: ...


@dataclass
class Run:
    """One submission's way through some checks of a suite.

    check: the one that is running, and how. passed_before: stubs that have passed their checks in
    another run. shared: how the last check was run that looks at what many of them share. failing:
    the stub whose last check has failed in a copy of its own. excused: whether a check has passed
    with the author's parts only.
    """

    assignment: Assignment
    dataset: Dataset | None
    reference: Reference
    box: Box
    check: Check
    passed_before: frozenset[str] = frozenset()
    attempt: Attempt = Attempt.FIRST
    shared: Attempt = Attempt.FIRST
    failing: str = ""
    excused: bool = False
    seen: list[Seen] = field(default_factory=list)
    timed_out: set[tuple[str, bool]] = field(default_factory=set)

    def is_slow(self) -> bool:
        """Whether the check's stub has not answered in time in an earlier check."""
        return any(
            isinstance(one.problem, DeadlineExceeded)
            for one in self.seen
            if one.check.stub == self.check.stub
        )

    def is_replaced(self) -> bool:
        """Whether the author's part stands in for the very stub that the check is about, since that
        failed before: a training that many checks share would show nothing of the student's."""
        return _shares(self.check) and self.check.stub in self.parts()

    def call_seconds(self) -> float:
        """Seconds for a single call of the check that is running."""
        is_slow = (self.check.stub, self.supplies) in self.timed_out
        return min(self.check.each, AFTER_TIMEOUT) if is_slow else self.check.each

    @property
    def supplies(self) -> bool:
        return self.attempt in (Attempt.SUPPLIED, Attempt.BY_CONTRACT)

    def parts(self) -> dict[str, str]:
        """The author's parts that stand in for stubs now. A training takes too long to find out by
        failing which of the student's own are wrong, and many stubs may share one."""
        others = self.check.uses.keys() - {self.check.stub}
        wanted = others if self.supplies else set()
        if self.check.tier == "training":
            wrong = self.check.uses.keys() - self.passed()
            wanted |= wrong if _shares(self.check) else wrong & others
        return {stub: part for stub, part in self.check.uses.items() if stub in wanted}

    def attempts(self) -> list[Attempt]:
        """How the check may be run, in order. That of a stub that fails begins in a copy of its
        own: it would hardly be spared one."""
        known = list(Attempt)
        first = Attempt.CONFIRMED if self.check.stub == self.failing else Attempt.FIRST
        return known[known.index(self.shared if _shares(self.check) else first) :]

    def tries(self, attempt: Attempt, last: Seen | None) -> bool:
        """Whether the check is run in this way after it ended as `last` in the one before."""
        if last is None:
            return True
        if isinstance(last.problem, CERTAIN) or _is_missing(last.problem, self.check.stub):
            return False
        if attempt is Attempt.CONFIRMED:
            return self.box.in_doubt
        if self.box.source.parts is None or not (self.excused or self.check.tier == "unit"):
            return False
        uses = self.check.uses.keys()
        return bool(uses if attempt is Attempt.SUPPLIED else uses & self.box.reordered.keys())

    def note(self, seen: Seen) -> None:
        """Remember how the check that is running has ended."""
        if isinstance(seen.problem, DeadlineExceeded) and not self.box.in_doubt:
            self.timed_out.add((self.check.stub, self.supplies))
        if _shares(self.check):
            self.shared = self.attempt
        elif self.attempt is Attempt.CONFIRMED:
            self.failing = self.check.stub if seen.problem is not None else ""
        self.excused |= self.supplies and seen.problem is None

    def inconsistent(self) -> Iterator[Seen]:
        """What is held against stubs that take their arguments in another order than the text,
        though the check has passed: the program calls them as the text says, so it does not run."""
        is_told = self.check.tier == "unit" and self.seen[-1].problem is None
        if self.attempt is not Attempt.BY_CONTRACT or not is_told:
            return
        for stub in self.check.uses.keys() & self.box.reordered.keys():
            text = _("`{stub}` takes ({order}), but `{other}` calls it as the text says")
            text = text.format(stub=stub, order=self.box.reordered[stub], other=self.check.stub)
            check = replace(self.check, name=f"{self.check.name} of {stub}", stub=stub)
            yield Seen(check, Cause(text))

    def passed(self) -> frozenset[str]:
        """The stubs that have passed all their checks until now."""
        stubs = self.passed_before | {one.check.stub for one in self.seen}
        return frozenset(stubs - {one.check.stub for one in self.seen if one.problem is not None})


def _shares(check: Check) -> bool:
    return "shared_submission" in check.item.fixturenames


def _is_missing(problem: BaseException | None, stub: str) -> bool:
    """Whether it is the check's own stub that is not there: what is not written is in no copy."""
    return isinstance(problem, MissingStub) and stub in problem.parameters.values()


RUNNING = pytest.StashKey[Run]()
