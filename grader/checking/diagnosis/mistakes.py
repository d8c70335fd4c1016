"""Naming the mistake: which known wrong version of the stub gives the same values?

Inputs of checks do not depend on the student. So a failed check is run once more in this process
against the solution with each known misconception in it. Where the compared values are the same,
up to and including the one that failed, and no other check of the stub speaks against it, the
student's mistake has a name. Two mistakes in different stubs are both named.

An exception of the student's code counts as a value where its message holds a number, such as the
shapes that do not fit: "'NoneType' object is not callable" has many causes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
import torch

from grader.checking.comparison import as_tensor, observe, observing
from grader.checking.diagnosis.fingerprints import Fingerprints, Raised
from grader.checking.diagnosis.hints import Hint, cause_of, explaining, hints
from grader.checking.outcomes import Verdict
from grader.checking.reference import Reference
from grader.checking.seen import Seen, Trace
from grader.course import misconceptions
from grader.course.datasets import Dataset
from grader.course.misconceptions import Misconception
from grader.errors import StudentError
from grader.sandbox.inside.definitions import Index
from grader.sandbox.local import LocalConversation

OTHER_SEEDS = range(1, 5)  # a shuffle of three numbers is the same in all of them once in 1,296
MOST_KEPT = 4 << 20  # bytes of what one check compared; more is no answer of a coursework


@dataclass(frozen=True)
class Explanation:
    """Why a check failed: a known mistake, or else what is certain or suspicious in the text."""

    mistake: Misconception | None = None
    cause: str = ""
    hint: str = ""


class Diagnosis:
    """The solution, its known wrong versions, and what checks see of them."""

    def __init__(self, reference: Reference, dataset: Dataset | None) -> None:
        self.assignment = reference.assignment
        self.reference = reference
        self.known = misconceptions.of(self.assignment)
        self.fingerprints = Fingerprints(self.assignment, dataset)

    def explain(self, seen: list[Seen], verdicts: list[Verdict], index: Index) -> list[Explanation]:
        """Why each check of a submission with this main file failed, as far as it can be told."""
        wrong = {
            one.check.stub
            for one, verdict in zip(seen, verdicts)
            if verdict.outcome in ("failed", "error", "timeout")
        }
        hints = self._hints(index, wrong)
        explanations = []
        for one, verdict in zip(seen, verdicts):
            hint = explaining(hints.get(one.check.stub, []), verdict.kind)
            cause = cause_of(index, one.problem) if isinstance(one.problem, StudentError) else ""
            if hint is not None and hint.is_certain:
                cause, hint = hint.text, None
            suspicion = hint.text if hint else ""
            explanations.append(Explanation(self._mistake(one, seen), cause, suspicion))
        return explanations

    def _hints(self, index: Index, wrong: set[str]) -> dict[str, list[Hint]]:
        """What there is to say of the text of stubs that are wrong, by the stub's name."""
        stubs = [stub for stub in self.assignment.stubs if stub.name in wrong]
        has_solution = self.assignment.private is not None
        solution = self.reference.solution.index if has_solution else Index([])
        spellings = self.assignment.spellings
        return hints(index, solution, stubs, spellings) if stubs else {}

    def _mistake(self, failed: Seen, seen: list[Seen]) -> Misconception | None:
        """The misconception behind a failed check, where exactly one fits."""
        if not failed.trace:
            return None
        telling = [one for one in seen if one.arguments is not None]
        fits = self._fits(failed, [o for o in telling if o.check.stub == failed.check.stub])
        return fits[0] if len(fits) == 1 else None

    def _fits(self, failed: Seen, checks: list[Seen]) -> list[Misconception]:
        """The wrong versions that a failed check sees and that no check of the stub contradicts."""
        conditions: list[Callable[[Misconception], bool]] = [
            lambda wrong: self._sees(failed, wrong),
            lambda wrong: not any(self._contradicts(other, wrong) for other in checks),
        ]
        if failed.check.tier == "training":  # to train with each of them would take seconds
            conditions.reverse()
        return [w for w in self._versions(failed) if all(holds(w) for holds in conditions)]

    def _versions(self, seen: Seen) -> list[Misconception]:
        """The known wrong versions of a check's stub."""
        return [wrong for wrong in self.known if wrong.stub == seen.check.stub]

    def _sees(self, seen: Seen, wrong: Misconception) -> bool:
        """Whether a failed check compared what it compares of a wrong version."""
        return bool(seen.trace) and _same(seen.trace, self._trace(seen, wrong))

    def _contradicts(self, seen: Seen, wrong: Misconception) -> bool:
        """Whether a check speaks against a wrong version: that fails where the submission passed,
        gives other values where both fail, or passes what no other known mistake made fail. A
        check that compares random numbers or the end of a training says nothing."""
        if seen.check.tier != "unit":
            return False
        if seen.trace is not None and not _ends_with_value(seen.trace):
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
        key = f"{seen.check.item.name} {wrong.name}"
        return self.fingerprints.get(key, lambda: self._run(seen, wrong, 0))

    def _is_repeatable(self, seen: Seen, wrong: Misconception) -> bool:
        """Whether the check sees the same of a wrong version with other random numbers."""

        def compute() -> bool:
            first = self._trace(seen, wrong)
            others = (self._run(seen, wrong, seed) for seed in OTHER_SEEDS)
            return all(other is None if first is None else _same(first, other) for other in others)

        return self.fingerprints.get(f"{seen.check.item.name} {wrong.name} repeatable", compute)

    def _run(self, seen: Seen, wrong: Misconception, seed: int) -> Trace | None:
        with observing() as observed:
            try:
                conversation = LocalConversation(plans=self.reference.plans)
                submission = self.reference.load(conversation, wrong)
                conversation.request("seed", seed=seed)
                self.reference.meet(seen.check.item, seen.arguments or {}, submission)
            except Exception as error:
                observe_raised(error)
                return observed.values
        return None


def observe_raised(error: Exception) -> None:
    """Let an exception of the student's code end what is compared."""
    if isinstance(error, StudentError):
        observe(Raised(error.kind, error.message))


def size(value: Any) -> int:
    """About how many bytes a compared value takes."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return sum(map(size, value))
    if isinstance(value, (str, bytes)):
        return 64 + len(value)
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return 64 + value.nbytes
    return 64  # an object that lives in the box is a number out here


def bounded(trace: Trace) -> Trace:
    """The trace; an empty one in the place of a size that no coursework has, which a hostile
    submission could give in every check."""
    return trace if size(trace) <= MOST_KEPT else []


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
