"""The solution of an assignment in this process, behind the interface of a submission."""

from __future__ import annotations

from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
import pytest
import torch

from grader.course.assignment import Assignment
from grader.course.misconceptions import Misconception
from grader.sandbox.inside import frameworks
from grader.sandbox.inside.cells import AnyCell
from grader.sandbox.inside.statements import Plans
from grader.sandbox.local import LocalConversation, RememberingConversation, Tape
from grader.sandbox.proxies import RemoteSubmission
from grader.submissions.reading import Submission, read


class Reference:
    """The solution, as it is or with a known mistake in it. It is read when it is first needed."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.plans = Plans()  # of the solution and its wrong versions, loaded again and again
        self._tapes: dict[str, Tape] = {}  # by check

    @cached_property
    def solution(self) -> Submission:
        """Raises AssignmentError on a student's machine, where there is none."""
        return read(self.assignment.solution, self.assignment.stubs)

    def for_check(self, item: pytest.Item) -> RemoteSubmission:
        """The solution for one check, which computes what the check asks for once for all
        submissions."""
        tape = self._tapes.setdefault(item.name, Tape())
        return self.load(RememberingConversation(tape, self.plans, self.assignment.framework))

    def conversation(self, data_root: str | None = None) -> LocalConversation:
        """One in which nothing is loaded yet."""
        return LocalConversation(data_root, self.plans, self.assignment.framework)

    def load(
        self, conversation: LocalConversation, mistake: Misconception | None = None
    ) -> RemoteSubmission:
        """A fresh copy of the solution, with a known mistake in it or without."""
        cells: list[AnyCell] = list(self.solution.cells)
        if mistake is not None:
            cells.append((mistake.name, mistake.source, 1))
        return conversation.load(cells, self.assignment.contract, self.assignment.parts)

    def meet(
        self, item: pytest.Function, arguments: dict[str, Any], submission: RemoteSubmission
    ) -> None:
        """Run a check once more, with this for a submission and the same inputs. Raises what the
        check raises, AssertionError where it calls pytest.fail, pytest.skip or sys.exit."""
        arguments = arguments | {"submission": submission}
        if "rng" in arguments:
            arguments["rng"] = self.rng(item)
        if "reference" in arguments:
            arguments["reference"] = self.for_check(item)
        try:
            item.function(**arguments)
        except (pytest.fail.Exception, pytest.skip.Exception, SystemExit) as end:
            # None of them is an Exception, so each would end the run.
            raise AssertionError(str(end)) from end

    def rng(self, item: pytest.Item) -> torch.Generator | np.random.Generator:
        """The generator of a check's inputs: the same for every student and every run."""
        digest = sha256(f"{self.assignment.name}:{item.name}".encode()).digest()
        seed = int.from_bytes(digest[:7], "big")
        if self.assignment.framework == frameworks.TORCH:
            return torch.Generator().manual_seed(seed)
        return np.random.default_rng(seed)
