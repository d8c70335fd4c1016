"""Conversations with the processes of a box: questions, answers and deadlines.

An answer is a plain value or one of the typed events of ``grader.errors``: the code raised, the
stub is missing, the time ran out, the process died, the bytes were no message.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import selectors
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from grader.errors import (
    DeadlineExceeded,
    LimitExceeded,
    MissingStub,
    ProcessDied,
    ProtocolError,
    SandboxEvent,
    StudentError,
)
from grader.i18n.words import _
from grader.sandbox import notes
from grader.sandbox.causes import exception_of_cpp
from grader.sandbox.inside import protocol
from grader.sandbox.inside.channel import Channel
from grader.sandbox.inside.protocol import CodecError, Message
from grader.sandbox.proxies import Conversation, node_for
from grader.sandbox.values import node_of, remote

CONTROL_SECONDS = 10.0  # a fork or a reap takes milliseconds; more means the parent is lost
WATCH_SECONDS = 0.2  # in which one core can fill about half a GiB
OUT_OF_MEMORY = "out of memory"  # in what PyTorch raises when a GPU has no more
MAX_OUTPUT = 64 << 10  # bytes of printed text that are kept


@dataclass
class Output:
    """What the box printed: the first part is kept, the rest only counted."""

    fd: int
    kept: bytearray = field(default_factory=bytearray)
    dropped: int = 0

    def drain(self) -> bool:
        """Read what is there without waiting. False when the pipe has closed."""
        try:
            return self._read()
        except BlockingIOError:
            return True

    def close(self) -> None:
        """Read what processes that have ended left in the pipe, and close it."""
        with contextlib.suppress(BlockingIOError):
            while self._read():
                pass
        os.close(self.fd)

    def text(self, start: int = 0) -> str:
        """What was kept, from this byte on."""
        return bytes(self.kept[start:]).decode("utf-8", "replace")

    def _read(self) -> bool:
        data = os.read(self.fd, 1 << 16)
        room = MAX_OUTPUT - len(self.kept)
        self.kept += data[:room]
        self.dropped += max(0, len(data) - room)
        return bool(data)


class ProcessConversation:
    """Speaks with one process in a box."""

    def __init__(self, end: socket.socket, output: Output) -> None:
        self.channel = Channel(end)
        self.output = output
        self.printed_before = len(output.kept)  # by the processes before this one
        self.number = 0
        self.place = ""  # of the statement that is being loaded
        self.watch: Callable[[], None] = lambda: None  # called while waiting; may raise an event
        self.ended: SandboxEvent | None = None
        self.is_out_of_memory = False  # it said so of its device
        self.each = self.deadline = 0.0
        self.next_look = time.monotonic() + WATCH_SECONDS
        self.selector = selectors.DefaultSelector()
        self.selector.register(end, selectors.EVENT_READ)
        self.selector.register(output.fd, selectors.EVENT_READ)

    def allow(self, seconds: float, each: float) -> None:
        """From now on all requests together may take `seconds`, and every one `each`."""
        self.deadline = time.monotonic() + seconds
        self.each = each

    def request(self, kind: str, **arguments: Any) -> Any:
        """Ask, wait for the answer as long as `allow` said, return its value.

        Raises StudentError, MissingStub, DeadlineExceeded, ProcessDied or ProtocolError; after
        one of the last three every further request raises it again.
        """
        node, buffers = protocol.pack(arguments, node_for, node_of)
        seconds = min(self.each, self.deadline - time.monotonic())
        try:
            return answer_of(self._exchange(kind, max(seconds, 0.01), node, buffers), self)
        except StudentError as error:
            self.is_out_of_memory |= OUT_OF_MEMORY in str(error).lower()
            raise
        except ProtocolError as error:  # a frame, but no answer
            self.ended = error
            raise

    def prepare(self, imports: Iterable[str], data: Iterable[str]) -> None:
        """Have the process import modules and read data sets for all that it will fork, without
        waiting for it."""
        task = json.dumps({"imports": [*imports], "data": [*data]})
        with contextlib.suppress(OSError):  # a process that is lost is met when it should fork
            self.channel.send("prepare", self.number, task, [])

    def fork(
        self,
        seconds: float = CONTROL_SECONDS,
        task: str | None = None,
        pipe: int | None = None,
        output: Output | None = None,
    ) -> tuple[ProcessConversation, int]:
        """Let the process fork, once it listens; returns a conversation with the child, its pid.

        With an `task`, JSON with the "plan" that confines the child, it prints into `pipe`, which
        is read by `output`.
        """
        ours, theirs = socket.socketpair()
        fds = [theirs.fileno()] if pipe is None else [theirs.fileno(), pipe]
        try:
            message = self._exchange("fork", seconds, task, [], fds)
        except SandboxEvent:
            ours.close()
            raise
        finally:
            theirs.close()
        if not isinstance(message.body, int) or message.kind != "value":
            ours.close()
            raise ProtocolError("it answered a fork with something else")
        child = ProcessConversation(ours, output or self.output)
        child.watch = self.watch
        return child, message.body

    def reap(self, pid: int) -> int | None:
        """Have a child killed; its exit status as far as the parent knows it."""
        status = self._exchange("reap", CONTROL_SECONDS, pid, []).body
        return status if isinstance(status, int) else None

    def close(self) -> None:
        self.selector.close()
        self.channel.close()

    def _exchange(
        self, kind: str, seconds: float, node: Any, buffers: list[Any], fds: list[int] | None = None
    ) -> Message:
        if self.ended is not None:
            raise self.ended
        self.number += 1
        deadline = time.monotonic() + seconds
        wait = functools.partial(self._wait, deadline)
        try:
            self.channel.socket.settimeout(seconds)
            self.channel.send(kind, self.number, node, buffers, fds, deadline)
            while True:
                message = self.channel.receive(wait)
                if message.number != self.number:
                    raise CodecError("an answer to a question that was not asked")
                if message.kind != "progress":
                    return message
                self.place = message.body if isinstance(message.body, str) else ""
        except LimitExceeded as event:
            self.ended = event
        except TimeoutError:
            text = _("no answer within {seconds:.0f} seconds")
            self.ended = DeadlineExceeded(text.format(seconds=max(seconds, 1)))
        except (EOFError, OSError):
            self.ended = self._end()
        except CodecError as error:
            self.ended = ProtocolError(f"it sent no proper answer: {error}")
        raise self.ended

    def _end(self) -> ProcessDied:
        """How a process that is gone has ended, as far as a library said so."""
        self.output.drain()
        fault = exception_of_cpp(self.output.text(self.printed_before))
        if fault:
            return ProcessDied(_("its process ended: {fault}").format(fault=fault), fault)
        return ProcessDied(_("its process ended"))

    def _wait(self, deadline: float) -> None:
        """Block until the socket has something; keep the output pipe from filling up."""
        while True:
            now = time.monotonic()
            if now >= deadline:
                raise TimeoutError
            if now >= self.next_look:  # also while it prints
                self.watch()
                self.next_look = time.monotonic() + WATCH_SECONDS
            ready = {key.fd for key, _ in self.selector.select(min(deadline - now, WATCH_SECONDS))}
            if self.output.fd in ready and not self.output.drain():
                self.selector.unregister(self.output.fd)
            if self.channel.socket.fileno() in ready:
                return


def answer_of(message: Message, conversation: Conversation) -> Any:
    """The value of a reply, or the event that it reports."""
    if message.kind == "missing":
        note = notes.read(_value(message, conversation))
        if note is not None:
            raise MissingStub(notes.sentence(note), *note)
    if message.kind == "raised":
        parts = _value(message, conversation)
        if isinstance(parts, list) and list(map(type, parts[:3])) == [str] * 3 and len(parts) == 4:
            kind, text, trace, note = parts
            loss = notes.read(note)
            raise StudentError(kind, text, trace, notes.sentence(loss) if loss else "")
    elif message.kind == "value":
        return _value(message, conversation)
    raise ProtocolError("it sent an answer of an unknown kind")


def _value(message: Message, conversation: Conversation) -> Any:
    try:
        return protocol.unpack(message, functools.partial(remote, conversation))
    except CodecError as error:
        raise ProtocolError(f"it sent no proper answer: {error}") from None
