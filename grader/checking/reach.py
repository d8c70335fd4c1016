"""Which stubs each check of a suite runs, seen on the solution in this process.

A program that differs from the solution in one stub can change nothing for a check that never runs
that stub. Mutation testers choose tests in the same way (PIT by line coverage); here it makes the
proof with hundreds of wrong programs several times shorter.
"""

from __future__ import annotations

import contextlib
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from grader.course.assignment import Assignment
from grader.errors import AssignmentError
from grader.sandbox.inside.definitions import Index, first_line
from grader.sandbox.inside.statements import Plans
from grader.sandbox.local import LocalConversation
from grader.sandbox.proxies import RemoteSubmission
from grader.sandbox.sandbox import Source
from grader.submissions.reading import Submission

FILE = "the solution, watched"  # the reference runs the same code under its own name


class WatchedSolution:
    """Stands where a sandbox stands; `reached` holds the stubs that were run since it was emptied.

    A method that the solution's class inherits counts as the whole class. Raises AssignmentError
    for a solution without one of the stubs.
    """

    def __init__(self, assignment: Assignment, solution: Submission, data: Path | None) -> None:
        cells = [(FILE, "\n\n".join(source for _, source, _ in solution.cells), 1)]
        self.source = Source(cells, {}, {}, assignment.contract, parts=assignment.parts)
        self.data = data
        self.framework = assignment.framework
        self.in_doubt = False
        self.reordered: dict[str, str] = {}
        self.plans = Plans()
        self.reached: set[str] = set()
        self._stubs_at: dict[int, set[str]] = defaultdict(set)  # by line
        found = Index(cells).definitions
        for stub in (each for each in assignment.stubs if not each.is_value):  # these never run
            owner = stub.name.rpartition(".")[0]
            definition = found.get(stub.name) or found.get(owner)
            if definition is None:
                raise AssignmentError(f"{assignment.solution} does not define {stub.name}")
            node = definition.node
            first = first_line(node)
            for line in range(first, (node.end_lineno or first) + 1):
                self._stubs_at[line].add(stub.name)

    @contextlib.contextmanager
    def open_check(
        self, seconds: float, each: float, seed: int, stub: str = "", alone: bool = False
    ) -> Iterator[RemoteSubmission]:
        """A fresh copy of the solution for one check."""
        conversation = LocalConversation(
            str(self.data) if self.data else None, self.plans, self.framework
        )
        remote = conversation.load(self.source.cells, self.source.contract, self.source.parts)
        conversation.request("seed", seed=seed)
        before = sys.getprofile()
        sys.setprofile(self._see)
        try:
            yield remote
        finally:
            if sys.getprofile() != self._see:  # the check watched calls itself: it may run any
                self.reached |= set(self.source.contract["stubs"])
            sys.setprofile(before)

    def _see(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and frame.f_code.co_filename == FILE:
            self.reached |= self._stubs_at[frame.f_code.co_firstlineno]
