"""A box for tests of suites: the submission in this process, as documented in checking/run.py."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from grader.course.assignment import Assignment
from grader.sandbox.inside.statements import Plans
from grader.sandbox.local import LocalConversation
from grader.sandbox.proxies import RemoteSubmission
from grader.sandbox.sandbox import Source

RIGHT = """
def greet(name):
    return f"Hello, {name}!"

def shout(text):
    return text.upper()
"""
RUDE = RIGHT.replace("Hello", "Hey")


class LocalBox:
    """Copies of a program; `first`, if it is given, is what the first attempt of a check meets, and
    leaves a doubt. opened: the stub of each copy, and whether it was to confirm a failure."""

    def __init__(self, assignment: Assignment, text: str, first: str | None = None) -> None:
        self.source = Source(
            [("hw.py", text, 1)], {}, {}, assignment.contract, parts=assignment.parts
        )
        self.first = first
        self.in_doubt = False
        self.reordered: dict[str, str] = {}
        self.opened: list[tuple[str, bool]] = []
        self.closed = 0
        self.plans = Plans()
        self.framework = assignment.framework

    @contextlib.contextmanager
    def open_check(
        self, seconds: float, each: float, seed: int, stub: str = "", alone: bool = False
    ) -> Iterator[RemoteSubmission]:
        self.opened.append((stub, alone))
        self.in_doubt = self.first is not None and not alone
        cells = self.source.cells
        if self.first is not None and not alone:
            cells = [("hw.py", self.first, 1)]
        conversation = LocalConversation(plans=self.plans, framework=self.framework)
        try:
            yield conversation.load(cells, self.source.contract, self.source.parts)
        finally:
            self.closed += 1
