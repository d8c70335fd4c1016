"""The state of a suite while it meets one submission."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

import pytest

from grader.checking import outcomes
from grader.checking.diagnosis.mistakes import (
    MOST_KEPT,
    Diagnosis,
    Seen,
    Trace,
    arguments_of,
    digest,
    size,
)
from grader.checking.marks import Check
from grader.checking.results import CheckResult, Measured
from grader.course.misconceptions import Misconception
from grader.errors import InfrastructureError, MissingStub, UsageError
from grader.sandbox.proxies import RemoteSubmission
from grader.sandbox.sandbox import Source

AFTER_TIMEOUT = 1.0  # seconds for a call of a stub that has not answered in an earlier check


class Box(Protocol):
    """What a suite needs of a sandbox: a copy of the submission for each check."""

    source: Source
    in_doubt: bool  # whether a failure now may be none of the submission's

    def open_check(
        self, seconds: float, each: float, seed: int, stub: str = "", confirms: bool = False
    ) -> AbstractContextManager[RemoteSubmission]: ...


@dataclass(frozen=True)
class Ended:
    """A check that has run, with the problem that ended it (None: it passed)."""

    check: Check
    problem: BaseException | None
    seconds: float
    measured: list[Measured]


@dataclass
class Run:
    """One submission's way through the suite."""

    box: Box
    check: Check  # the one that is running
    confirms: bool = False  # whether it runs again, since its failure left a doubt
    results: list[CheckResult] = field(default_factory=list)
    problem: BaseException | None = None  # of the check that is running
    measured: list[Measured] = field(default_factory=list)  # by the check that is running
    ended: list[Ended] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    def begin(self, check: Check, confirms: bool = False) -> None:
        """Turn to the next check, or to the same one again."""
        self.check = check
        self.confirms = confirms
        self.problem = None
        self.measured = []
        if self.seen and self.seen[-1].item is check.item:
            self.seen.pop()

    def is_doubtful(self) -> bool:
        """Whether the check has failed in a copy that may be at fault itself. What is not written
        is not there in any copy."""
        certain = (InfrastructureError, UsageError, MissingStub, pytest.skip.Exception, type(None))
        return self.box.in_doubt and not isinstance(self.problem, certain)

    def see(self, trace: Trace | None) -> None:
        """Keep what the running check compared before it failed; None: it passed. Values of a size
        that no coursework has are forgotten: a hostile submission could give them in every check.
        """
        if trace and size(trace) > MOST_KEPT:
            trace = []
        arguments = arguments_of(self.check.item)
        if "submission" in arguments and "from_scratch" not in arguments:
            self.seen.append(
                Seen(self.check.item, self.check.stub, self.check.tier, arguments, trace)
            )

    def end(self, seconds: float) -> CheckResult:
        """Keep the result of the check that was running."""
        self.ended.append(Ended(self.check, self.problem, seconds, self.measured))
        self.results.append(result(self.ended[-1]))
        return self.results[-1]

    def with_names(self, diagnosis: Diagnosis) -> list[CheckResult]:
        """All results, with what is known about those that failed: the mistake, or else a hint."""
        mistakes = diagnosis.mistakes(self.seen)
        traces = {seen.item.name: seen.trace for seen in self.seen}
        hints = diagnosis.hints(
            self.box.source.cells,
            {r.stub for r in self.results if r.outcome in ("failed", "error", "timeout")},
        )
        return [
            result(
                one,
                mistakes.get(one.check.item.name),
                hints.get(one.check.stub, ""),
                traces.get(one.check.item.name),
            )
            for one in self.ended
        ]

    def slow(self) -> bool:
        """Whether the check's stub has not answered in time in an earlier check."""
        return any(r.stub == self.check.stub and r.outcome == "timeout" for r in self.results)

    def call_seconds(self) -> float:
        """Seconds for a single call of the check that is running."""
        return min(self.check.each, AFTER_TIMEOUT) if self.slow() else self.check.each

    def passed(self) -> frozenset[str]:
        """The stubs that have passed all their checks until now."""
        seen = {r.stub for r in self.results}
        return frozenset(seen - {r.stub for r in self.results if r.outcome != "passed"})


def result(
    ended: Ended,
    mistake: Misconception | None = None,
    hint: str = "",
    trace: Trace | None = None,
) -> CheckResult:
    """The result of a check that ended after comparing `trace`."""
    check = ended.check
    outcome, message = outcomes.judge(
        ended.problem, check.sentence, check.visibility, mistake, hint
    )
    return CheckResult(
        name=check.item.name,
        stub=check.stub,
        tier=check.tier,
        visibility=check.visibility,
        weight=check.weight,
        required=check.required,
        outcome=outcome,
        message=message,
        misconception=mistake.name if mistake else None,
        seconds=round(ended.seconds, 4),
        answer=digest(trace) if trace and not mistake else None,
        measured=ended.measured if check.tier == "training" else [],
    )
