"""Naming the mistake: which known wrong version of the stub gives the same values?

Inputs of checks do not depend on the student. So a failed check is run once more in this process
against the solution with each known misconception in it. Where the compared values are the same,
up to and including the one that failed, and no other check of the stub speaks against it, the
student's mistake has a name. Two mistakes in different stubs are both named.

An exception of the student's code counts as a value where PyTorch raised it or its message holds a
number, such as the shapes that do not fit: "'NoneType' object is not callable" has many causes.
"""

from __future__ import annotations

import ast
import copy
import pickle
import random
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
from grader.checking.from_scratch import reached
from grader.checking.outcomes import Verdict
from grader.checking.reference import Reference
from grader.checking.seen import Seen, Trace
from grader.course import misconceptions
from grader.course.assignment import Stub
from grader.course.datasets import Dataset
from grader.course.misconceptions import Misconception
from grader.errors import StudentError
from grader.sandbox.inside import frameworks
from grader.sandbox.inside.definitions import DEFINITIONS, Index
from grader.submissions.definitions import names_of

OTHER_SEEDS = range(1, 5)  # a shuffle of three numbers is the same in all of them once in 1,296
MOST_KEPT = 4 << 20  # bytes of what one check compared; more is no answer of a coursework
ADDRESS = re.compile(r"\b0x[0-9a-f]+")  # of an object in a message: another one in each process


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
        texts = {stub.name: text_of(index, stub) for stub in self._stubs(wrong)}
        explanations = []
        for one, verdict in zip(seen, verdicts):
            stub = one.check.stub
            hint = explaining(hints.get(stub, []), verdict.kind)
            cause = cause_of(index, one.problem) if isinstance(one.problem, StudentError) else ""
            if hint is not None and hint.is_certain:
                cause, hint = hint.text, None
            mistake = self._mistake(one, seen, texts.get(stub, ""))
            explanations.append(Explanation(mistake, cause, hint.text if hint else ""))
        return explanations

    def _hints(self, index: Index, wrong: set[str]) -> dict[str, list[Hint]]:
        """What there is to say of the text of stubs that are wrong, by the stub's name."""
        stubs = self._stubs(wrong)
        has_solution = self.assignment.private is not None
        solution = self.reference.solution.index if has_solution else Index([])
        spellings = self.assignment.spellings
        return hints(index, solution, stubs, spellings) if stubs else {}

    def _stubs(self, names: set[str]) -> list[Stub]:
        return [stub for stub in self.assignment.stubs if stub.name in names]

    def _mistake(self, failed: Seen, seen: list[Seen], text: str) -> Misconception | None:
        """The misconception behind a failed check, where exactly one fits. text: of the stub."""
        if not failed.trace:
            return None
        telling = [one for one in seen if one.arguments is not None]
        checks = [one for one in telling if one.check.stub == failed.check.stub]
        fits = {wrong.mistake for wrong in self._fits(failed, checks, text)}
        return next(w for w in self.known if w.name in fits) if len(fits) == 1 else None

    def _fits(self, failed: Seen, checks: list[Seen], text: str) -> list[Misconception]:
        """The wrong versions that a failed check sees and that neither the text of the stub nor a
        check of it contradicts."""
        possible = [w for w in self._versions(failed) if not text or w.may_be_in(text)]
        conditions: list[Callable[[Misconception], bool]] = [
            lambda wrong: self._sees(failed, wrong),
            lambda wrong: not any(self._contradicts(other, wrong) for other in checks),
        ]
        if failed.check.tier == "training":  # to train with each of them would take seconds
            conditions.reverse()
        return [w for w in possible if all(holds(w) for holds in conditions)]

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
        if agree(seen.trace, theirs):
            return False
        if theirs is None:
            differs = not any(self._sees(seen, other) for other in self._versions(seen))
        else:
            differs = seen.trace is None or _ends_with_value(theirs)
        return differs and self._is_repeatable(seen, wrong)

    def _trace(self, seen: Seen, wrong: Misconception) -> Trace | None:
        """What the check compares of a wrong version before it fails; None if it passes."""
        key = f"{seen.check.item.name} {wrong.name}"
        return self.fingerprints.get(key, lambda: self._run(seen, wrong, 0)[0])

    def _is_repeatable(self, seen: Seen, wrong: Misconception) -> bool:
        """Whether the check sees the same of a wrong version with other random numbers."""

        def compute() -> bool:
            first = self._trace(seen, wrong)
            for seed in OTHER_SEEDS:
                other, has_drawn = self._run(seen, wrong, seed)
                if not (other is None if first is None else _same(first, other)):
                    return False
                if not has_drawn:
                    break
            return True

        return self.fingerprints.get(f"{seen.check.item.name} {wrong.name} repeatable", compute)

    def _run(self, seen: Seen, wrong: Misconception, seed: int) -> tuple[Trace | None, bool]:
        """What the check compares of a wrong version before it fails (None: it passes), and whether
        random numbers may have been drawn for it, when it was loaded or by the check."""
        trace, has_drawn, before = None, True, self._generators()
        with observing() as observed:
            try:
                conversation = self.reference.conversation()
                submission = self.reference.load(conversation, wrong)
                has_drawn = self._generators() != before
                conversation.request("seed", seed=seed)
                before = self._generators()
                self.reference.meet(seen.check.item, seen.arguments or {}, submission)
            except Exception as error:
                observe_raised(error)
                trace = observed.values
        return trace, has_drawn or self._generators() != before

    def _generators(self) -> object:
        """The state of all global generators of this process."""
        own = frameworks.named(self.assignment.framework).generators()
        if own is None:
            return object()  # which equals no other one
        return own, random.getstate(), pickle.dumps(np.random.get_state())


def text_of(index: Index, stub: Stub) -> str:
    """The code of a stub, of functions that it calls, and of methods, as Python writes it: without
    comments and docstrings. Empty where the file does not define it, or nests it too deeply."""
    try:
        nodes = [copy.deepcopy(found.node) for found in reached(index, names_of(stub))]
        for part in (part for node in nodes for part in ast.walk(node)):
            if isinstance(part, DEFINITIONS) and ast.get_docstring(part, clean=False) is not None:
                part.body[0] = ast.Pass()
        return "\n".join(map(ast.unparse, nodes))
    except RecursionError:  # a sum of a thousand terms
        return ""


def observe_raised(error: Exception) -> None:
    """Let an exception of the student's code end what is compared."""
    if isinstance(error, StudentError):
        observe(Raised(error.kind, ADDRESS.sub("", error.message)))


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
    """Whether both compared the same values before they failed."""
    if ours is None or theirs is None or len(ours) != len(theirs):
        return False
    return all(map(_equal, ours, theirs))


def agree(ours: Trace | None, theirs: Trace | None) -> bool:
    """Whether two versions of one mistake could have compared this; None: nothing was wrong.

    One of them may avoid an overflow, or 0 * log(0), and the other not: where only one has a
    finite number, and after that, nothing is said.
    """
    if ours is None or theirs is None:
        return ours is theirs or not _is_finite((ours or theirs or [0.0])[-1])
    shorter = min(ours, theirs, key=len)
    if len(ours) != len(theirs) and (not shorter or _is_finite(shorter[-1])):
        return False
    return all(_equal(a, b, only_finite=True) for a, b in zip(ours, theirs))


def _is_finite(value: Any) -> bool:
    try:
        return bool(as_tensor(value).isfinite().all())
    except AssertionError:
        return True


def _said(error: Raised) -> tuple[str, list[str]]:
    """The words of a message and its numbers, which stand in the order of the operands."""
    return re.sub(r"\d+", "", error.message), sorted(re.findall(r"\d+", error.message))


def _equal(a: Any, b: Any, only_finite: bool = False) -> bool:
    """Whether two compared values are the same up to rounding. only_finite: a finite number is not
    held against one that is not."""
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(_equal(x, y, only_finite) for x, y in zip(a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_equal(a[key], b[key], only_finite) for key in a)
    if isinstance(a, Raised) and isinstance(b, Raised):
        tells = a.kind == "RuntimeError" or bool(_said(a)[1])
        return a.kind == b.kind and _said(a) == _said(b) and tells
    try:
        one, other = as_tensor(a).double(), as_tensor(b).double()
    except AssertionError:
        return (a is None and b is None) or (isinstance(a, str) and a == b)
    if one.shape != other.shape:
        return False
    close = torch.isclose(one, other, rtol=1e-4, atol=1e-6, equal_nan=True)
    return bool((close | (only_finite & (one.isfinite() != other.isfinite()))).all())
