"""The author's own code in this process, behind the same codec: for the reference.

Never for a submission.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.sandbox.conversation import answer_of
from grader.sandbox.inside import frameworks, loader, protocol
from grader.sandbox.inside.cells import Cells
from grader.sandbox.inside.protocol import Message
from grader.sandbox.inside.statements import Plans
from grader.sandbox.inside.worker import Worker
from grader.sandbox.proxies import RemoteSubmission, node_for
from grader.sandbox.values import node_of

MOST_REMEMBERED = 8 << 20  # bytes of the values of one check


class LocalConversation:
    """A worker in this process: questions and answers as with a box.

    plans: of programs that many conversations load. framework: by its name.
    """

    def __init__(
        self,
        data_root: str | None = None,
        plans: Plans | None = None,
        framework: str = frameworks.TORCH,
    ) -> None:
        self.worker = Worker(data_root, plans=plans, framework=framework)

    def load(
        self, cells: Cells, contract: dict[str, Any], parts: Path | None = None
    ) -> RemoteSubmission:
        """The author's program behind the interface of a submission."""
        self.request(
            "load",
            cells=list(cells),
            helpers={},
            stand_ins={},
            contract=json.dumps(contract),
            skip=[],
            device="cpu",
        )
        return RemoteSubmission(self, frozenset(contract["stubs"]), parts)

    def request(self, kind: str, **arguments: Any) -> Any:
        node, buffers = protocol.pack(arguments, node_for, node_of)
        return answer_of(self.exchange(Message(kind, 0, node, _copies(buffers))), self)

    def exchange(self, question: Message) -> Message:
        """Answer one question."""
        with loader.leaving_no_trace() if question.kind == "load" else contextlib.nullcontext():
            kind, node, buffers = self.worker.answer(question)
        if kind == "raised" and node.items[0] == "KeyboardInterrupt":  # of a person, not in a box
            raise KeyboardInterrupt
        return Message(kind, 0, node, _copies(buffers))


@dataclass
class Tape:
    """The first conversation of its kind: what was asked, and what was answered."""

    exchanges: list[tuple[Message, Message]] = field(default_factory=list)
    size: int = 0


class RememberingConversation(LocalConversation):
    """Asked the same in the same order as on the tape, it answers the same and runs nothing.

    The inputs of a check are equal for all students, so the reference is computed once. At the
    first other question it catches up, and runs from there on. An empty tape is written.
    """

    def __init__(
        self, tape: Tape, plans: Plans | None = None, framework: str = frameworks.TORCH
    ) -> None:
        super().__init__(plans=plans, framework=framework)
        self.tape = tape
        self.position = 0
        self.runs = False

    def exchange(self, question: Message) -> Message:
        past = self.tape.exchanges[self.position : self.position + 1]
        if not self.runs and past and past[0][0] == question:
            self.position += 1
            return _copy(past[0][1])
        if not self.runs:
            self.runs = True
            for earlier, _ in self.tape.exchanges[: self.position]:
                super().exchange(_copy(earlier))
        asked = _copy(question)
        answer = super().exchange(question)
        if self.position == len(self.tape.exchanges):
            self._remember(asked, answer)
        return answer

    def _remember(self, question: Message, answer: Message) -> None:
        size = sum(len(data) for message in (question, answer) for data in message.buffers)
        if self.tape.size + size > MOST_REMEMBERED:
            self.position = -1  # no further: a tape has no gaps
            return
        self.tape.size += size
        self.tape.exchanges.append((question, _copy(answer)))
        self.position += 1


def _copy(message: Message) -> Message:
    """With buffers of its own: tensors are made of them, and may be changed in place."""
    return Message(message.kind, message.number, message.body, _copies(message.buffers))


def _copies(buffers: list[Any]) -> list[bytearray]:
    return [bytearray(data) for data in buffers]
