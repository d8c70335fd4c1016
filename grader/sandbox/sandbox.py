"""From a box to a copy of the submission for checks: host, submission process, check process.

The checks follow each other in one copy, which is put back in between. A check that fails there
leaves a doubt, for another one may have spoilt something, and is confirmed in a copy of its own;
see checking/suite.py. Where a check has put the author's parts into the copy, it serves no other
stub, whose answer they might be. A copy is a fork of the loaded process where what has computed
survives that, as PyTorch does on the processor. Where it does not, it loads the submission itself:
of JAX and TensorFlow in a fork of a process that has only read it, on CUDA in one of the host's.
On a device every failure leaves a doubt (a text may never have spoken of devices) and is confirmed
on the processor, that of a stub whose text asks for a device on the device.
"""

from __future__ import annotations

import ast
import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from grader.course.assignment import Assignment
from grader.errors import InfrastructureError, LimitExceeded, SandboxEvent
from grader.i18n.words import _
from grader.sandbox import notes
from grader.sandbox.conversation import CONTROL_SECONDS, MAX_OUTPUT, ProcessConversation
from grader.sandbox.host import Fork, Host
from grader.sandbox.inside.cells import Cells
from grader.sandbox.inside.definitions import Index
from grader.sandbox.inside.device import asks_for_a_device
from grader.sandbox.inside.notes import Note
from grader.sandbox.proxies import RemoteSubmission
from grader.submissions.reading import Submission

LOAD_ATTEMPTS = 4
IN_DOUBT_SECONDS = 2.0  # for a call in a copy that others have met: a failure is confirmed
# The same where the copy to confirm it has to be loaded, and functions are compiled as they come.
DEAR_DOUBT_SECONDS = 8.0
# Slow to import, harmless to share; and the words by which a text that needs one is known. With
# torchvision comes PyTorch, which a program for another framework seldom has at its top.
LARGE_MODULES = {
    "torchvision": r"(?ms)\A(?=.*^(import|from) [^\n#]*\btorch).*\btorchvision\b",
    "matplotlib.pyplot": r"\b(matplotlib|pylab)\b",
    "IPython.display": r"\bIPython\b",
}


@dataclass(frozen=True)
class Source:
    """What a submission process is made from; plain values, sent as they are.

    parts: the author's file of parts that stand in for stubs. trees: of cells that have been parsed
    already, by source. Both stay outside.
    """

    cells: Cells
    helpers: Mapping[str, Cells]
    stand_ins: Mapping[str, Cells]
    contract: dict[str, Any]
    device: str = "cpu"
    parts: Path | None = None
    trees: Mapping[str, ast.Module] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, upload: Submission, assignment: Assignment, device: str) -> Source:
        """What a submission of an assignment is, on a device."""
        return cls(
            upload.cells,
            upload.helpers,
            assignment.stand_ins(),
            assignment.contract,
            device,
            assignment.parts,
            upload.trees,
        )

    @cached_property
    def index(self) -> Index:
        """All that the submission defines; the main file goes before the others."""
        return Index(chain(*self.helpers.values(), self.cells), self.trees)

    @property
    def imports(self) -> list[str]:
        """Of the large modules those that the submission may import."""
        cells = [*self.cells, *(cell for cells in self.helpers.values() for cell in cells)]
        return large_modules("\n".join(source for name, source, line in cells))


def large_modules(text: str) -> list[str]:
    """Of the large modules those that a program with this text may import."""
    return [name for name, sign in LARGE_MODULES.items() if re.search(sign, text)]


@dataclass
class Copy:
    """A loaded process that answers checks, and who has forked it: the submission process, or the
    host. supplied_for: the stub in whose checks it was given the author's parts, if it was."""

    conversation: ProcessConversation
    forked_by: ProcessConversation | Fork
    pid: int
    has_answered: bool = False
    supplied_for: str | None = None


class Sandbox:
    """One submission in a host's box. A context manager; ``open_check`` gives checks a copy.

    Processes that are lost (killed, stuck, gone) are made again: a copy costs a fork, a submission
    process a fork and a load, the host a start.
    """

    def __init__(self, source: Source, host: Host, load_seconds: float) -> None:
        self.source = source
        self.host = host
        self.load_seconds = load_seconds
        self.device = source.device  # "cpu" if it cannot be loaded there
        self.notes: list[Note] = []  # of loading
        self.printed = b""
        self.seed = 0  # added to the seed of each check
        self.in_doubt = False  # whether a failure now may be none of the submission's
        self._skip: list[str] = []
        self._skip_notes: list[Note] = []
        # What copies on the processor are forks of: loaded, or only read (see above).
        self._parent: Fork | None = None
        self._kept: Copy | None = None  # for the next check
        self._place = ""  # of the statement at which a load ended
        self._open = 0  # processes of the submission that the host has forked

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *error: object) -> None:
        self._drop_kept()
        self._drop_parent()
        self.host.finish()

    def load(self) -> None:
        """Load the submission, leaving out statements that end or block the process.

        Raises the last SandboxEvent when even then it cannot be loaded, InfrastructureError when
        no box can be started.
        """
        try:
            return self._load()
        except SandboxEvent as event:
            if self.device == "cpu":
                raise
            self._skip.clear()
            self._skip_notes = [("not_on_device", {"device": self.device, "event": str(event)})]
            self.device = "cpu"
        return self._load()

    def _load(self) -> None:
        for _attempt in range(LOAD_ATTEMPTS):
            try:
                if self.host.survives_fork(self.device):
                    self._parent = self._loaded(self.device)
                else:
                    self._kept = self._new_copy(self.device)
                return
            except SandboxEvent as event:
                last = event
                if not self._place or self._place in self._skip:
                    break
                self._skip.append(self._place)
                note = "ended", {"place": self._place, "event": str(event)}
                self._skip_notes.append(note)
        raise last

    @property
    def reordered(self) -> dict[str, str]:
        """The stubs that take their arguments in another order than the text says, with it."""
        return {said["name"]: said["order"] for code, said in self.notes if code == "reordered"}

    @contextlib.contextmanager
    def open_check(
        self, seconds: float, each: float, seed: int, stub: str = "", alone: bool = False
    ) -> Iterator[RemoteSubmission]:
        """A copy of the loaded submission for one check.

        seconds: for all calls of the check together; each: for every single call. stub: whose check
        it is; "" for a copy of its own, such as for a training that many checks look at.
        alone: whether no other check may have met the copy, since it has failed in doubt before.
        """
        on_device = not alone or asks_for_a_device(self.source.contract, stub)
        device = self.device if on_device else "cpu"
        drawn = (seed + self.seed) % (1 << 32)
        shares = stub and not alone
        copy = self._kept_for(stub, drawn) if shares else self._new_copy(device)
        self.in_doubt = not alone and (copy.has_answered or device != "cpu")
        conversation = copy.conversation
        stubs = frozenset(self.source.contract["stubs"])
        remote = RemoteSubmission(conversation, stubs, self.source.parts)
        try:
            if copy.has_answered and each < seconds:  # no training, which is one long call
                is_cheap = self.host.survives_fork("cpu")
                each = min(each, IN_DOUBT_SECONDS if is_cheap else DEAR_DOUBT_SECONDS)
            conversation.allow(seconds, each)
            if not copy.has_answered:
                conversation.request("seed", seed=drawn)
            yield remote
        finally:
            copy.has_answered = True
            if remote.supplied:
                copy.supplied_for = stub
            if copy is not self._kept:
                self._end_copy(copy)
            elif conversation.ended is not None or conversation.is_out_of_memory:
                self._drop_kept()
            if alone and device != "cpu" and conversation.is_out_of_memory:
                self._blame_neighbours()

    # ---------------------------------------------------------------- copies

    def _kept_for(self, stub: str, seed: int) -> Copy:
        """The copy that has answered the last check, put back and seeded, or a new one. It stays
        for the next check, if it still answers."""
        kept = self._kept
        if kept is not None and kept.has_answered:
            kept.conversation.allow(CONTROL_SECONDS, CONTROL_SECONDS)
            with contextlib.suppress(SandboxEvent):
                if kept.supplied_for in (None, stub):
                    kept.conversation.request("seed", seed=seed, anew=True)
                    return kept
            self._drop_kept()
        if self._kept is None:
            self._kept = self._new_copy(self.device)
        return self._kept

    def _new_copy(self, device: str) -> Copy:
        if device != "cpu" or not self.host.forks_in_boxes:
            fork = self._loaded(device)
            return Copy(fork.conversation, fork, fork.pid)
        copy = self._forked_copy()
        if not self.host.survives_fork(device):
            try:
                self._load_into(copy.conversation, device)
            except SandboxEvent:
                self._end_copy(copy)
                raise
        return copy

    def _forked_copy(self) -> Copy:
        """A fork of the submission process on the processor."""
        for attempt in range(2):
            try:
                if self._parent is None:
                    survives = self.host.survives_fork("cpu")
                    self._parent = self._loaded("cpu") if survives else self._read()
                parent = self._parent.conversation
                child, pid = parent.fork()
                return Copy(child, parent, pid)
            except SandboxEvent:  # an earlier check has killed or blocked its parent
                self._drop_parent()
                if attempt:  # or the submission itself prevents forks
                    raise
        raise AssertionError("unreachable")

    def _drop_kept(self) -> None:
        if self._kept is not None:
            ended, self._kept = self._kept, None
            self._end_copy(ended)

    def _end_copy(self, copy: Copy) -> None:
        if isinstance(copy.forked_by, Fork):
            self._end(copy.forked_by)
            return
        copy.conversation.close()
        if self._parent is None or self._parent.conversation is not copy.forked_by:
            return  # it has ended with its parent
        try:
            if isinstance(copy.conversation.ended, LimitExceeded):  # not only of its process group
                raise copy.conversation.ended
            copy.forked_by.reap(copy.pid)
        except SandboxEvent:  # the parent does not obey: end it from outside
            self._drop_parent()
            self.host.finish()  # and what it has forked, where nothing else would

    # ---------------------------------------------------------------- processes

    def _loaded(self, device: str) -> Fork:
        """A new process that has loaded the submission. Raises SandboxEvent where that ends it,
        InfrastructureError when no box can be started."""
        fork = self._started(device)
        try:
            self._load_into(fork.conversation, device)
        except SandboxEvent:
            self._end(fork)
            if fork.conversation.is_out_of_memory and device != "cpu":
                self._blame_neighbours()
            raise
        return fork

    def _read(self) -> Fork:
        """A new process that has read the submission and run nothing of it. Raises as `_loaded`."""
        fork = self._started("cpu")
        try:
            fork.conversation.allow(self.load_seconds, self.load_seconds)
            fork.conversation.request("read", cells=self.source.cells, contract=self._contract)
        except SandboxEvent:
            self._end(fork)
            raise
        return fork

    def _started(self, device: str) -> Fork:
        fork = self.host.fork(self.source.imports, device)
        self._open += 1
        return fork

    def _load_into(self, conversation: ProcessConversation, device: str) -> None:
        """Have a process load the submission, and note what it says. Raises SandboxEvent where that
        ends it."""
        conversation.allow(self.load_seconds, self.load_seconds)
        try:
            answer = conversation.request(
                "load",
                cells=self.source.cells,
                helpers=self.source.helpers,
                stand_ins=self.source.stand_ins,
                contract=self._contract,
                skip=self._skip,
                device=device,
                gpu_bytes=self.host.limits.memory_bytes,
            )
        except SandboxEvent:
            self._place = conversation.place
            raise
        if device == self.device:
            answered = answer.get("notes") if isinstance(answer, dict) else None
            self.notes = [*self._skip_notes, *notes.read_all(answered)]

    @cached_property
    def _contract(self) -> str:
        return json.dumps(self.source.contract)

    def _blame_neighbours(self) -> None:
        """Raises InfrastructureError if a GPU's memory has run out because others hold it."""
        self._drop_kept()
        self._drop_parent()
        if self.host.gpu_is_taken(nobody_here=self._open == 0):
            raise InfrastructureError(_("other programs have taken the GPU's memory"))

    def _drop_parent(self) -> None:
        """End the submission process with all that it started; its host stays."""
        if self._parent is not None:
            ended, self._parent = self._parent, None
            self._end(ended)

    def _end(self, fork: Fork) -> None:
        self._open -= 1
        self.host.end(fork)
        self.printed = (self.printed + bytes(fork.output.kept))[:MAX_OUTPUT]
