"""Naming the mistake: which known wrong version of the stub gives the same values?

Inputs of checks do not depend on the student. So a failed check is run once more in this process
against the solution with each known misconception in it. Where the compared values are the same,
up to and including the one that failed, and no other check of the stub speaks against it, the
student's mistake has a name. Two mistakes in different stubs are both named.

An exception of the student's code counts as a value where its message holds a number, such as the
shapes that do not fit: "'NoneType' object is not callable" has many causes.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import pytest
import torch

from grader.checking.comparison import as_tensor, observe, observed
from grader.checking.diagnosis.fingerprints import Fingerprints, Raised
from grader.checking.diagnosis.hints import hints
from grader.course.assignment import Assignment
from grader.course.datasets import Dataset
from grader.course.misconceptions import Misconception
from grader.course.misconceptions import load as load_misconceptions
from grader.errors import StudentError
from grader.sandbox.inside.cells import AnyCell, Cells
from grader.sandbox.inside.definitions import Index
from grader.sandbox.inside.statements import Plans
from grader.sandbox.local import LocalConversation, RememberingConversation, Tape
from grader.sandbox.proxies import RemoteSubmission
from grader.submissions.reading import Submission, read

OTHER_SEEDS = range(1, 5)  # a shuffle of three numbers is the same in all of them once in 1,296
MOST_KEPT = 4 << 20  # bytes of what one check compared; more is no answer of a coursework

Trace = list[Any]  # the values that a check compared, in order, and what was raised


@dataclass(frozen=True)
class Seen:
    """One check as a submission met it; `trace` is None when it passed."""

    item: pytest.Function
    stub: str
    tier: str
    arguments: dict[str, Any]
    trace: Trace | None


class Diagnosis:
    """The solution, its known wrong versions, and what checks see of them."""

    def __init__(self, assignment: Assignment, dataset: Dataset | None) -> None:
        self.assignment = assignment
        self.known = load_misconceptions(assignment.bank) if assignment.bank else []
        self.fingerprints = Fingerprints(assignment, dataset)
        self.tapes: dict[str, Tape] = {}  # of the reference, by check
        self.plans = Plans()  # of the solution and its wrong versions

    @cached_property
    def solution(self) -> Submission:
        return read(self.assignment.solution, [stub.name for stub in self.assignment.stubs])

    def hints(self, source: Index | Cells, failed: set[str]) -> dict[str, str]:
        """What is suspicious in the text of stubs that failed, by the stub's name."""
        stubs = [stub for stub in self.assignment.stubs if stub.name in failed]
        solution = self.solution.index if self.assignment.private is not None else Index([])
        own = source if isinstance(source, Index) else Index(source)
        return hints(own, solution, stubs) if stubs else {}

    def mistakes(self, seen: list[Seen]) -> dict[str, Misconception]:
        """The misconception behind each failed check, by the check's name, where exactly one fits.

        seen: all checks of one submission that compared something.
        """
        found = {}
        for failed in seen:
            fits = self._fits(failed, [other for other in seen if other.stub == failed.stub])
            if len(fits) == 1:
                found[failed.item.name] = fits[0]
        return found

    def _fits(self, failed: Seen, checks: list[Seen]) -> list[Misconception]:
        """The wrong versions that a failed check sees and that no check of the stub contradicts."""
        conditions: list[Callable[[Misconception], bool]] = [
            lambda wrong: self._sees(failed, wrong),
            lambda wrong: not any(self._contradicts(other, wrong) for other in checks),
        ]
        if failed.tier == "training":  # to train with every wrong version would take seconds each
            conditions.reverse()
        return [w for w in self._versions(failed) if all(holds(w) for holds in conditions)]

    def _versions(self, seen: Seen) -> list[Misconception]:
        """The known wrong versions of a check's stub."""
        return [wrong for wrong in self.known if wrong.stub == seen.stub]

    def _sees(self, seen: Seen, wrong: Misconception) -> bool:
        """Whether a failed check compared what it compares of a wrong version."""
        return bool(seen.trace) and _same(seen.trace, self._trace(seen, wrong))

    def _contradicts(self, seen: Seen, wrong: Misconception) -> bool:
        """Whether a check speaks against a wrong version: that fails where the submission passed,
        gives other values where both fail, or passes what no other known mistake made fail. A
        check that compares random numbers or the end of a training says nothing."""
        if seen.tier != "unit" or (seen.trace is not None and not _ends_with_value(seen.trace)):
            return False
        theirs = self._trace(seen, wrong)
        if theirs is None:
            unknown = not any(self._sees(seen, other) for other in self._versions(seen))
            differs = seen.trace is not None and unknown
        else:
            comparable = seen.trace is None or _ends_with_value(theirs)
            differs = comparable and not _same(seen.trace, theirs)
        return differs and self._is_repeatable(seen, wrong)

    def _trace(self, seen: Seen, wrong: Misconception) -> Trace | None:
        """What the check compares of a wrong version before it fails; None if it passes."""
        key = f"{seen.item.name} {wrong.name}"
        return self.fingerprints.get(key, lambda: self._run(seen, wrong, 0))

    def _is_repeatable(self, seen: Seen, wrong: Misconception) -> bool:
        """Whether the check sees the same of a wrong version with other random numbers."""

        def compute() -> bool:
            first = self._trace(seen, wrong)
            others = (self._run(seen, wrong, seed) for seed in OTHER_SEEDS)
            return all(other is None if first is None else _same(first, other) for other in others)

        return self.fingerprints.get(f"{seen.item.name} {wrong.name} repeatable", compute)

    def _run(self, seen: Seen, wrong: Misconception, seed: int) -> Trace | None:
        trace: Trace = []
        token = observed.set(trace)
        try:
            conversation = LocalConversation(plans=self.plans)
            submission = self._load(conversation, wrong)
            conversation.request("seed", seed=seed)
            self._check(seen.item, seen.arguments, submission)
        except Exception as error:
            observe_raised(error)
            return trace
        finally:
            observed.reset(token)
        return None

    def fault_of(self, item: pytest.Function) -> str | None:
        """What the check raises for the solution itself; None if it passes or cannot be run."""
        arguments = arguments_of(item)
        if "submission" not in arguments or self.assignment.private is None:
            return None
        try:
            self._check(item, arguments, self._load(LocalConversation(plans=self.plans), None))
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return None

    def _check(
        self, item: pytest.Function, arguments: dict[str, Any], submission: RemoteSubmission
    ) -> None:
        """Run a check once more, with another submission and the same inputs."""
        arguments = arguments | {"submission": submission}
        if "rng" in arguments:
            arguments["rng"] = self.rng(item)
        if "reference" in arguments:
            arguments["reference"] = self.reference_for(item)
        item.function(**arguments)

    def reference_for(self, item: pytest.Item) -> RemoteSubmission:
        """The solution for one check, which computes what the check asks for once for all
        submissions."""
        tape = self.tapes.setdefault(item.name, Tape())
        return self._load(RememberingConversation(tape, self.plans), None)

    def _load(
        self, conversation: LocalConversation, misconception: Misconception | None
    ) -> RemoteSubmission:
        cells: list[AnyCell] = list(self.solution.cells)
        if misconception is not None:
            cells.append((misconception.name, misconception.source, 1))
        return conversation.load(cells, self.assignment.contract)

    def rng(self, item: pytest.Item) -> torch.Generator:
        """The generator of a check's inputs: the same for every student and every run."""
        digest = sha256(f"{self.assignment.name}:{item.name}".encode()).digest()
        return torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))


def observe_raised(error: Exception) -> None:
    """Let an exception of the student's code end what is compared."""
    if isinstance(error, StudentError):
        observe(Raised(error.kind, error.message))


def arguments_of(item: pytest.Function) -> dict[str, Any]:
    """The values of the fixtures and parameters that the check's function takes."""
    names = inspect.signature(item.function).parameters
    return {name: item.funcargs[name] for name in names if name in item.funcargs}


def size(value: Any) -> int:
    """About how many bytes a compared value takes."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return sum(map(size, value))
    return 64 + (len(value) if isinstance(value, (str, bytes)) else getattr(value, "nbytes", 0))


def digest(trace: Trace) -> str:
    """A short name of what was compared: equal values, up to rounding, have the same."""
    return sha256(repr([_rounded(value) for value in trace]).encode()).hexdigest()[:12]


def _rounded(value: Any) -> Any:
    """Numbers of three digits, in the nesting of the value; a tensor as its shape and a digest."""
    if isinstance(value, (list, tuple)):
        return [_rounded(part) for part in value]
    if isinstance(value, dict):
        return {str(key): _rounded(part) for key, part in value.items()}
    try:
        tensor = as_tensor(value)
    except AssertionError:
        return repr(value)[:500] if isinstance(value, (str, Raised)) else type(value).__name__
    numbers = torch.round(tensor.double().cpu(), decimals=6)
    scale = 10 ** (2 - numbers.abs().clamp(min=1e-6).log10().floor())
    short = torch.where(numbers.isfinite(), torch.round(numbers * scale) / scale, numbers) + 0.0
    short[short.isnan()] = torch.nan  # there are many of them
    return [list(tensor.shape), sha256(short.numpy().tobytes()).hexdigest()]


def _ends_with_value(trace: Trace) -> bool:
    """Whether a check failed on a value that it compared, not on an exception."""
    return bool(trace) and not isinstance(trace[-1], Raised)


def _same(ours: Trace | None, theirs: Trace | None) -> bool:
    if ours is None or theirs is None or len(ours) != len(theirs):
        return False
    return all(_equal(a, b) for a, b in zip(ours, theirs, strict=True))


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(_equal(x, y) for x, y in zip(a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_equal(a[key], b[key]) for key in a)
    if isinstance(a, Raised):
        return a == b and re.search(r"\d", a.message) is not None
    try:
        one, other = as_tensor(a), as_tensor(b)
    except AssertionError:
        return (a is None and b is None) or (isinstance(a, str) and a == b)
    if one.shape != other.shape:
        return False
    return torch.allclose(one.double(), other.double(), rtol=1e-4, atol=1e-6, equal_nan=True)
