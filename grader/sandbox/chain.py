"""From a box to a check's own copy of the submission: host, submission process, check process."""

from __future__ import annotations

import contextlib
import functools
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.errors import InfrastructureError, SandboxEvent
from grader.sandbox.boxes import Box, start
from grader.sandbox.client import MAX_OUTPUT, Output, ProcessConversation, RemoteSubmission

START_SECONDS = 60.0  # importing torch from a cold disk
LOAD_ATTEMPTS = 4


@dataclass(frozen=True)
class Source:
    """What a submission process is made from; plain values, sent as they are."""

    cells: list[tuple[str, str, int]]
    helpers: dict[str, list[tuple[str, str, int]]]
    stand_ins: dict[str, list[tuple[str, str, int]]]
    contract: dict[str, Any]
    device: str = "cpu"


@dataclass
class LoadReport:
    """What loading showed: notes in words, and whether CUDA was started by it."""

    notes: list[str] = field(default_factory=list)
    cuda_started: bool = False


class Sandbox:
    """One submission in one box. A context manager; ``open_check`` gives each check a fresh copy.

    Processes that are lost (killed, stuck, gone) are made again: a check process costs a fork, a
    submission process a fork and a load, a box a start.
    """

    def __init__(
        self, source: Source, level: str, public_data: Path | None, load_seconds: float
    ) -> None:
        self.source = source
        self.level = level
        self.public_data = public_data
        self.load_seconds = load_seconds
        self.report = LoadReport()
        self.printed = b""
        self._skip: list[str] = []
        self._skip_notes: list[str] = []
        self._box: Box | None = None
        self._host: ProcessConversation | None = None
        self._loaded: ProcessConversation | None = None
        self._loaded_pid = 0

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *error: object) -> None:
        self._stop_box()

    def load(self) -> LoadReport:
        """Load the submission, leaving out statements that end or block the process.

        Raises the last SandboxEvent when even then it cannot be loaded, InfrastructureError when
        no box can be started.
        """
        for _ in range(LOAD_ATTEMPTS):
            try:
                return self._load_once()
            except SandboxEvent as event:
                last = event
                place = self._loaded.place if self._loaded else ""
                self._drop_loaded()
                if not place or place in self._skip:
                    break
                self._skip.append(place)
                self._skip_notes.append(f"{place}: left out: {event} while it ran")
        raise last

    @contextlib.contextmanager
    def open_check(self, seconds: float, each: float, seed: int) -> Iterator[RemoteSubmission]:
        """A fresh copy of the loaded submission for one check, killed when the check is done.

        seconds: for all calls of the check together; each: for every single call.
        """
        conversation, end = self._check_process()
        try:
            conversation.allow(seconds, each)
            conversation.request("seed", seed=seed)
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
                if self.report.cuda_started:
                    return self._loaded, self._drop_loaded
                child, pid = self._loaded.fork()
                return child, functools.partial(self._end_check, self._loaded, child, pid)
            except SandboxEvent:  # an earlier check has killed or blocked its parent
                self._stop_box()
                if attempt:  # or the submission itself prevents forks
                    raise
        raise AssertionError("unreachable")

    def _end_check(self, parent: ProcessConversation, child: ProcessConversation, pid: int) -> None:
        child.close()
        try:
            parent.reap(pid)
        except SandboxEvent:  # the parent does not obey: end everything from outside
            self._stop_box()

    def _load_once(self) -> LoadReport:
        self._drop_loaded()
        self._loaded, self._loaded_pid = self._fork_host()
        self._loaded.allow(self.load_seconds, self.load_seconds)
        answer = self._loaded.request(
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

    def _fork_host(self) -> tuple[ProcessConversation, int]:
        if self._host is not None:
            with contextlib.suppress(SandboxEvent):
                return self._host.fork()
        self._stop_box()
        self._start_box()
        assert self._host is not None
        try:
            return self._host.fork(START_SECONDS)
        except SandboxEvent as event:
            printed = self.printed.decode("utf-8", "replace")[-500:]
            self._stop_box()
            raise InfrastructureError(f"the sandbox did not start: {event} {printed}") from None

    def _start_box(self) -> None:
        ours, theirs = socket.socketpair()
        try:
            self._box = start(
                self.level,
                box_end=theirs,
                public_data=self.public_data,
                cuda=self.source.device == "cuda",
            )
        except OSError as error:
            ours.close()
            raise InfrastructureError(f"the sandbox could not be started: {error}") from None
        finally:
            theirs.close()
        self._output = Output(self._box.output)
        self._host = ProcessConversation(ours, self._output)

    def _drop_loaded(self) -> None:
        """End the submission process; its host stays."""
        if self._loaded is None:
            return
        self._loaded.close()
        self._loaded = None
        try:
            assert self._host is not None
            self._host.reap(self._loaded_pid)
        except SandboxEvent:
            self._stop_box()

    def _stop_box(self) -> None:
        for conversation in (self._loaded, self._host):
            if conversation is not None:
                conversation.close()
        self._loaded = self._host = None
        if self._box is not None:
            self._output.drain()
            self.printed = (self.printed + bytes(self._output.kept))[:MAX_OUTPUT]
            self._box.kill()
            self._box = None


def _read_report(answer: Any, earlier: list[str]) -> LoadReport:
    """The worker's report as our own types: it comes from beside student code, so anything may
    stand in it."""
    answer = answer if isinstance(answer, dict) else {}
    notes = answer.get("notes")
    notes = notes if isinstance(notes, list) else []
    return LoadReport(
        notes=[*earlier, *(note[:500] for note in notes[:300] if isinstance(note, str))],
        cuda_started=answer.get("cuda_started") is True,
    )
