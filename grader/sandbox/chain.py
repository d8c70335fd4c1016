"""From a box to a check's own copy of the submission: host, submission process, check process."""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from grader.errors import MemoryExceeded, SandboxEvent
from grader.sandbox import said
from grader.sandbox.client import MAX_OUTPUT, ProcessConversation, RemoteSubmission
from grader.sandbox.host import Fork, Host
from grader.words import _

LOAD_ATTEMPTS = 4
# Slow to import, harmless to share; and the words by which a text that needs one is known.
LARGE_MODULES = {
    "torchvision": r"\b(torchvision|d2l)\b",
    "matplotlib.pyplot": r"\b(matplotlib|pylab|d2l)\b",
    "IPython.display": r"\b(IPython|d2l)\b",
}


@dataclass(frozen=True)
class Source:
    """What a submission process is made from; plain values, sent as they are."""

    cells: list[tuple[str, str, int]]
    helpers: dict[str, list[tuple[str, str, int]]]
    stand_ins: dict[str, list[tuple[str, str, int]]]
    contract: dict[str, Any]
    device: str = "cpu"

    @property
    def imports(self) -> list[str]:
        """Of the large modules those that the submission may import."""
        cells = [*self.cells, *(cell for cells in self.helpers.values() for cell in cells)]
        return large_modules("\n".join(source for name, source, line in cells))


def large_modules(text: str) -> list[str]:
    """Of the large modules those that a program with this text may import."""
    return [name for name, sign in LARGE_MODULES.items() if re.search(sign, text)]


@dataclass
class LoadReport:
    """What loading showed: notes in words, and whether CUDA was started by it."""

    notes: list[str] = field(default_factory=list)
    cuda_started: bool = False


class Sandbox:
    """One submission in a host's box. A context manager; ``open_check`` gives each check a fresh
    copy.

    Processes that are lost (killed, stuck, gone) are made again: a check process costs a fork, a
    submission process a fork and a load, the host a start.
    """

    def __init__(self, source: Source, host: Host, load_seconds: float) -> None:
        self.source = source
        self.host = host
        self.load_seconds = load_seconds
        self.report = LoadReport()
        self.printed = b""
        self.seed = 0  # added to the seed of each check
        self._skip: list[str] = []
        self._skip_notes: list[str] = []
        self._loaded: Fork | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *error: object) -> None:
        self._drop_loaded()

    def load(self) -> LoadReport:
        """Load the submission, leaving out statements that end or block the process.

        Raises the last SandboxEvent when even then it cannot be loaded, InfrastructureError when
        no box can be started.
        """
        for _attempt in range(LOAD_ATTEMPTS):
            try:
                return self._load_once()
            except SandboxEvent as event:
                last = event
                place = self._loaded.conversation.place if self._loaded else ""
                self._drop_loaded()
                if not place or place in self._skip:
                    break
                self._skip.append(place)
                note = _("{place}: left out: {event} while it ran")
                self._skip_notes.append(note.format(place=place, event=event))
        raise last

    @contextlib.contextmanager
    def open_check(self, seconds: float, each: float, seed: int) -> Iterator[RemoteSubmission]:
        """A fresh copy of the loaded submission for one check, killed when the check is done.

        seconds: for all calls of the check together; each: for every single call.
        """
        conversation, end = self._check_process()
        try:
            conversation.allow(seconds, each)
            conversation.request("seed", seed=(seed + self.seed) % (1 << 32))
            yield RemoteSubmission(conversation, frozenset(self.source.contract["stubs"]))
        finally:
            end()

    # ---------------------------------------------------------------- the chain

    def _check_process(self) -> tuple[ProcessConversation, Callable[[], None]]:
        """A process for one check, and what ends it: a fork of the loaded one; where CUDA has
        started, which does not survive a fork, one that was loaded for this check alone."""
        for attempt in range(2):
            try:
                if self._loaded is None or self.report.cuda_started:
                    self._load_once()
                assert self._loaded is not None
                parent = self._loaded.conversation
                if self.report.cuda_started:
                    return parent, self._drop_loaded
                child, pid = parent.fork()
                return child, functools.partial(self._end_check, parent, child, pid)
            except SandboxEvent:  # an earlier check has killed or blocked its parent
                self._drop_loaded()
                if attempt:  # or the submission itself prevents forks
                    raise
        raise AssertionError("unreachable")

    def _end_check(self, parent: ProcessConversation, child: ProcessConversation, pid: int) -> None:
        child.close()
        try:
            if isinstance(child.ended, MemoryExceeded):  # not only of the check's own process group
                raise child.ended
            parent.reap(pid)
        except SandboxEvent:  # the parent does not obey: end it from outside
            self._drop_loaded()

    def _load_once(self) -> LoadReport:
        self._drop_loaded()
        self._loaded = self.host.fork(self.source.imports)
        conversation = self._loaded.conversation
        conversation.allow(self.load_seconds, self.load_seconds)
        answer = conversation.request(
            "load",
            cells=self.source.cells,
            helpers=self.source.helpers,
            stand_ins=self.source.stand_ins,
            contract=self.source.contract,
            skip=self._skip,
            device=self.source.device,
        )
        self.report = _read_report(answer, self._skip_notes)
        return self.report

    def _drop_loaded(self) -> None:
        """End the submission process with all that it started; its host stays."""
        if self._loaded is not None:
            ended, self._loaded = self._loaded, None
            self.host.end(ended)
            self.printed = (self.printed + bytes(ended.output.kept))[:MAX_OUTPUT]


def _read_report(answer: Any, earlier: list[str]) -> LoadReport:
    """The worker's report as our own types: it comes from beside student code, so anything may
    stand in it."""
    answer = answer if isinstance(answer, dict) else {}
    notes = answer.get("notes")
    notes = notes if isinstance(notes, list) else []
    return LoadReport(
        notes=[
            *earlier,
            *(said.translated(note[:500]) for note in notes[:300] if isinstance(note, str)),
        ],
        cuda_started=answer.get("cuda_started") is True,
    )
