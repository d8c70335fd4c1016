"""The trusted side of a host: a box that has imported the framework and forks one submission after
another.

Starting Python with torch takes a second, a fork with namespaces of its own some milliseconds. The
host never runs student code and never hears of a submission's content: it only forks and ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from grader.errors import InfrastructureError, LimitExceeded, SandboxEvent
from grader.i18n.words import _
from grader.sandbox.causes import cause_in
from grader.sandbox.conversation import Output, ProcessConversation
from grader.sandbox.inside import frameworks
from grader.sandbox.isolation import forked, nvidia
from grader.sandbox.isolation.boxes import Box, start
from grader.sandbox.isolation.plans import Limits

START_SECONDS = 60.0  # importing torch from a cold disk


@dataclass
class Fork:
    """A submission process: the conversation with it, what it prints, its process number in the
    host, and its number among all that this host has forked."""

    conversation: ProcessConversation
    output: Output
    pid: int
    number: int


class Host:
    """A context manager; ``fork`` gives a confined process, ``end`` ends it with all it started,
    ``finish`` what the processes of one submission may have left.

    is_forked: the host is a fork of this process, for a student's own machine (forked.py).
    framework: what it imports for all, by its name.
    imports: modules that it imports before it forks. data: names of data sets below `public_data`
    that it reads before it forks, for checks that ask for their tensors. compiled: a folder with
    what the trusted side has compiled, if there is one (grading/compiled.py).
    """

    def __init__(
        self,
        level: str,
        public_data: Path | None,
        device: str = "cpu",
        limits: Limits = Limits(),  # noqa: B008 (frozen)
        imports: tuple[str, ...] = (),
        data: tuple[str, ...] = (),
        is_forked: bool = False,
        framework: str = frameworks.TORCH,
        compiled: Path | None = None,
    ) -> None:
        self.level = level
        self.framework = framework
        self.public_data = public_data
        self.device = device
        self.limits = limits
        self.is_forked = is_forked
        self.imports = imports
        self.data = data
        self.compiled = compiled
        self.count = 0  # of forks
        self._written_before = 0  # by the submissions of this box before the last fork
        self._gpu = nvidia.GpuMemory.open() if device == "cuda" else None
        self._box: Box | None = None
        self._conversation: ProcessConversation | None = None

    def survives_fork(self, device: str) -> bool:
        """Whether a process of a submission may be forked in which it has computed on `device`."""
        return device == "cpu" and frameworks.named(self.framework).survives_fork

    @property
    def forks_in_boxes(self) -> bool:
        """Whether what is confined may fork. Landlock names the files of its own process in /proc
        that a process may read, which TensorFlow has to: a fork of it has others."""
        return self.level != "landlock" or not frameworks.named(self.framework).reads

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def fork(self, imports: list[str], device: str = "cpu") -> Fork:
        """A new process for a submission, confined, in which nothing has run yet.

        imports: modules that it may need; a host that serves many imports them once for all.
        device: where it will compute.

        Raises InfrastructureError when no box can be started.
        """
        if self._conversation is not None:
            with contextlib.suppress(SandboxEvent, InfrastructureError):
                return self._fork(imports, device)
        self.stop()
        self.start()
        try:
            return self._fork(imports, device)
        except SandboxEvent as event:
            assert self._conversation is not None
            self._conversation.output.drain()
            printed = self._conversation.output.text()
            self.stop()
            raise _not_started(event, printed) from None

    def end(self, fork: Fork) -> None:
        """End a submission process and all that it started; what it wrote is removed."""
        fork.conversation.close()
        try:
            if self._conversation is not None and self._box is not None:
                self._conversation.reap(fork.pid)
                self._box.tidy(fork.number)
        except (SandboxEvent, OSError):  # end everything from outside
            self.stop()
        finally:
            fork.output.close()

    def finish(self) -> None:
        """After the last process of a submission: a box that something of it could survive in
        serves no other one."""
        if self._box is not None and not self._box.is_for_many:
            self.stop()

    def restart(self, level: str, device: str) -> None:
        """Begin anew at another level or on another device."""
        self.stop()
        self.level, self.device = level, device
        self._gpu = self._gpu if device == "cuda" else None
        self.start()

    def stop(self) -> None:
        """Kill the box with everything in it. Idempotent; the next fork starts another one."""
        if self._conversation is not None:
            self._conversation.close()
            self._conversation = None
        if self._box is not None:
            self._box.kill()
            self._box = None

    def gpu_is_taken(self, nobody_here: bool) -> bool:
        """Whether others hold so much of the GPU's memory that a submission could not have what it
        may take. nobody_here: no process of the submission is left."""
        if self._gpu is None or self._box is None:
            return False
        own = 0 if nobody_here else self._gpu.used_by(self._box.pids())
        limit = min(self.limits.memory_bytes, self._gpu.total() // 2)  # of a small card, half
        return nvidia.neighbours_fault(limit, own, self._gpu.free())

    def _watch(self) -> None:
        """Raises LimitExceeded. Threat: many processes, each below the limit of one."""
        if self._box is None:
            return
        most = self.limits.box_bytes
        # The first look is quick and counts shared pages twice, the second one takes its time.
        if self._box.memory_bytes() > most and self._box.memory_in_parts() > most:
            text = _("its processes took more than {limit} GiB of memory")
            raise LimitExceeded(text.format(limit=most >> 30))
        self._watch_disk()
        if self._gpu is not None and (self._gpu.used_by(self._box.pids()) or 0) > most:
            text = _("its processes took more than {limit} GiB of the GPU's memory")
            raise LimitExceeded(text.format(limit=most >> 30))

    def _watch_disk(self) -> None:
        """Raises LimitExceeded. Threat: files that fill the host's disk, where the box has no file
        systems of its own. Test: test_a_submission_cannot_fill_the_disk"""
        assert self._box is not None
        most = self.limits.disk_bytes
        written = self._box.written_bytes() - self._written_before
        if written > most or self._box.disk_bytes(self.count) > most:
            text = _("its files took more than {limit} MB of the disk")
            raise LimitExceeded(text.format(limit=most >> 20))

    def start(self) -> None:
        """Start the box without waiting for it; `fork` does so where it has not been done."""
        ours, theirs = socket.socketpair()
        try:
            if self.is_forked:
                self._box = forked.start(theirs, self.public_data, self.limits, self.framework)
            else:
                self._box = start(
                    self.level,
                    box_end=theirs,
                    public_data=self.public_data,
                    limits=self.limits,
                    cuda=self.device == "cuda",
                    framework=self.framework,
                    compiled=self.compiled,
                )
        except OSError as error:
            ours.close()
            raise InfrastructureError(f"the sandbox could not be started: {error}") from None
        except BaseException:  # such as a level that cannot be had here
            ours.close()
            raise
        finally:
            theirs.close()
        self._conversation = ProcessConversation(ours, Output(self._box.output))
        self._conversation.prepare(self.imports, self.data)

    def _fork(self, imports: list[str], device: str) -> Fork:
        assert self._conversation is not None
        assert self._box is not None
        read_end, write_end = os.pipe()
        os.set_blocking(read_end, False)
        output = Output(read_end)
        try:
            if self._box.is_for_many:
                self._conversation.prepare(imports, [])
            self.count += 1
            self._written_before = self._box.written_bytes()
            plan = self._box.submission(self.count)
            if device == "cpu":
                plan = [*plan, ("hide_gpus", None)]
            task = json.dumps({"plan": plan})
            conversation, pid = self._conversation.fork(START_SECONDS, task, write_end, output)
        except BaseException:
            output.close()
            raise
        finally:
            os.close(write_end)
        conversation.watch = self._watch
        fork = Fork(conversation, output, pid, self.count)
        try:
            conversation.allow(START_SECONDS, START_SECONDS)
            conversation.request("seed", seed=0)  # it is confined, and answers
        except SandboxEvent as event:
            self.end(fork)
            raise _not_started(event, output.text()) from None
        return fork


def _not_started(event: SandboxEvent, printed: str) -> InfrastructureError:
    """The error of a process that ended before it could serve: its cause first."""
    return InfrastructureError(
        f"the sandbox did not start: {cause_in(printed) or event}", details=printed
    )
