"""Naming the mistake: which known wrong version of the stub gives the same values?

Inputs of checks do not depend on the student. So a failed check is run once more in this process
against the solution with each known misconception in it; where the compared values are the same,
up to and including the one that failed, the student's mistake has a name. An exception of the
student's code counts as a value where its message holds a number, such as the shapes that do not
fit: "'NoneType' object is not callable" has many causes.
"""

from __future__ import annotations

import inspect
import re
from functools import cached_property
from hashlib import sha256
from typing import Any

import pytest
import torch

from grader.assignment import Assignment
from grader.checking.comparison import as_tensor, observe, observed
from grader.errors import StudentError
from grader.misconceptions import Misconception
from grader.misconceptions import load as load_misconceptions
from grader.sandbox.client import RemoteSubmission
from grader.sandbox.local import LocalConversation, RememberingConversation, Tape
from grader.submission import Submission, read

Trace = list[Any]  # the values that a check compared, in order


class Diagnosis:
    """The solution, its known wrong versions, and what checks see of them."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        bank = assignment.private / "misconceptions.py" if assignment.private else None
        self.known = load_misconceptions(bank) if bank and bank.is_file() else []
        self.traces: dict[tuple[str, str], Trace | None] = {}
        self.tapes: dict[str, Tape] = {}  # of the reference, by check

    @cached_property
    def solution(self) -> Submission:
        return read(self.assignment.solution, [stub.name for stub in self.assignment.stubs])

    def name_mistake(self, item: pytest.Function, stub: str) -> Misconception | None:
        """The misconception of `stub` whose values equal those that the running check has just
        compared, or None: also where two fit equally well."""
        trace = observed.get()
        if not trace or "submission" not in _arguments(item):
            return None
        own = [wrong for wrong in self.known if wrong.stub == stub]
        matches = [wrong for wrong in own if _same(trace, self._trace(item, wrong))]
        return matches[0] if len(matches) == 1 else None

    def _trace(self, item: pytest.Function, wrong: Misconception) -> Trace | None:
        """What the check compares of a wrong version before it fails; None if it passes."""
        key = (item.name, wrong.name)
        if key not in self.traces:
            self.traces[key] = self._run(item, wrong)
        return self.traces[key]

    def _run(self, item: pytest.Function, wrong: Misconception) -> Trace | None:
        trace: Trace = []
        token = observed.set(trace)
        try:
            self._check(item, self.reference(wrong))
        except Exception as error:
            observe_raised(error)
            return trace
        finally:
            observed.reset(token)
        return None

    def fault_of(self, item: pytest.Function) -> str | None:
        """What the check raises for the solution itself; None if it passes or cannot be run."""
        if "submission" not in _arguments(item) or self.assignment.private is None:
            return None
        try:
            self._check(item, self.reference())
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return None

    def _check(self, item: pytest.Function, submission: RemoteSubmission) -> None:
        """Run a check once more, with another submission and the same inputs."""
        arguments = _arguments(item) | {"submission": submission}
        if "rng" in arguments:
            arguments["rng"] = self.rng(item)
        if "reference" in arguments:
            arguments["reference"] = self.reference_for(item)
        item.function(**arguments)

    def reference_for(self, item: pytest.Item) -> RemoteSubmission:
        """The solution for one check, which computes what the check asks for once for all
        submissions."""
        return self._load(RememberingConversation(self.tapes.setdefault(item.name, Tape())), None)

    def reference(self, misconception: Misconception | None = None) -> RemoteSubmission:
        """The solution behind a submission's interface, in this process; or a wrong version."""
        return self._load(LocalConversation(), misconception)

    def _load(
        self, conversation: LocalConversation, misconception: Misconception | None
    ) -> RemoteSubmission:
        cells = list(self.solution.cells)
        if misconception is not None:
            cells.append((misconception.name, misconception.source, 1))
        conversation.request(
            "load",
            cells=cells,
            helpers={},
            stand_ins={},
            contract=self.assignment.contract,
            skip=[],
            device="cpu",
        )
        return RemoteSubmission(
            conversation, frozenset(stub.name for stub in self.assignment.stubs)
        )

    def rng(self, item: pytest.Item) -> torch.Generator:
        """The generator of a check's inputs: the same for every student and every run."""
        digest = sha256(f"{self.assignment.name}:{item.name}".encode()).digest()
        return torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))


def observe_raised(error: Exception) -> None:
    """Let an exception of the student's code end what is compared."""
    if isinstance(error, StudentError):
        observe(str(error) if re.search(r"\d", error.message) else error)


def _arguments(item: pytest.Function) -> dict[str, Any]:
    """The values of the fixtures and parameters that the check's function takes."""
    names = inspect.signature(item.function).parameters
    return {name: item.funcargs[name] for name in names if name in item.funcargs}


def _same(ours: Trace, theirs: Trace | None) -> bool:
    if theirs is None or len(ours) != len(theirs):
        return False
    return all(_equal(a, b) for a, b in zip(ours, theirs, strict=True))


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(_equal(x, y) for x, y in zip(a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_equal(a[key], b[key]) for key in a)
    try:
        one, other = as_tensor(a), as_tensor(b)
    except AssertionError:
        return (a is None and b is None) or (isinstance(a, str) and a == b)
    if one.shape != other.shape:
        return False
    return torch.allclose(one.double(), other.double(), rtol=1e-4, atol=1e-6, equal_nan=True)
