"""What a conversation makes of the other side: answers, silence, ends, nonsense, and noise.

The other side is a thread with the other end of a real socket pair and of a real pipe.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator

import pytest

from grader.errors import (
    DeadlineExceeded,
    LimitExceeded,
    MissingStub,
    ProcessDied,
    ProtocolError,
    StudentError,
)
from grader.sandbox.conversation import MAX_OUTPUT, Output, ProcessConversation
from grader.sandbox.inside import protocol
from grader.sandbox.inside.channel import MAX_HEADER, Channel
from grader.sandbox.inside.protocol import Sequence

PATIENCE = 60.0  # seconds; a test that waits so long has failed


class Peer:
    """The other side: its channel, the pipe into which it prints, and what it was asked."""

    def __init__(self, end: socket.socket, pipe: int) -> None:
        self.channel = Channel(end)
        self.pipe: int | None = pipe
        self.left = threading.Event()  # our side has closed

    def asked(self) -> protocol.Message:
        return self.channel.receive()

    def answer(self, kind: str, body: object = None, number: int | None = None) -> None:
        """Answer a question that is waited for, with a plain node."""
        question = self.asked()
        self.channel.send(kind, question.number if number is None else number, body, [])

    def close_pipe(self) -> None:
        if self.pipe is not None:
            os.close(self.pipe)
            self.pipe = None


@contextlib.contextmanager
def talking_to(play: Callable[[Peer], None]) -> Iterator[ProcessConversation]:
    """A conversation with the other side while it does this; what it does ends with it."""
    ours, theirs = socket.socketpair()
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    peer, output = Peer(theirs, write_end), Output(read_end)

    def act() -> None:
        with contextlib.suppress(OSError, EOFError):
            play(peer)
        peer.channel.close()
        peer.close_pipe()

    conversation = ProcessConversation(ours, output)
    conversation.allow(PATIENCE, PATIENCE)
    thread = threading.Thread(target=act)
    thread.start()
    try:
        yield conversation
    finally:
        peer.left.set()
        conversation.close()
        output.close()
        thread.join()


def stays_silent(peer: Peer) -> None:
    peer.asked()
    peer.left.wait(PATIENCE)


# ------------------------------------------------------------------------------ answers


def test_answers_come_in_order():
    """Each question has a number of its own, and its answer is what was sent."""

    def play(peer: Peer) -> None:
        for number in (1, 2):
            peer.answer("value", number * 10)

    with talking_to(play) as conversation:
        assert [conversation.request("value", name="x") for _ in range(2)] == [10, 20]


def test_place_that_is_being_loaded_is_known_before_the_answer():
    """What ends a load is found by the last place that was told."""

    def play(peer: Peer) -> None:
        question = peer.asked()
        for place in ("line 3", "line 7"):
            peer.channel.send("progress", question.number, place, [])

    with talking_to(play) as conversation:
        with pytest.raises(ProcessDied):
            conversation.request("load")
        assert conversation.place == "line 7"


def test_what_the_code_raised_is_told_and_the_conversation_goes_on():
    """An exception of the student's code is an answer like others."""

    def play(peer: Peer) -> None:
        peer.answer("raised", Sequence(["ValueError", "too large", "hw.py, line 3", None]))
        peer.answer("missing", Sequence(["no_stub", protocol.Mapping([["name", "greet"]])]))
        peer.answer("raised", Sequence(["RuntimeError", "CUDA out of memory. Tried", "", None]))

    with talking_to(play) as conversation:
        with pytest.raises(StudentError, match="ValueError: too large") as raised:
            conversation.request("call")
        assert raised.value.trace == "hw.py, line 3"
        with pytest.raises(MissingStub, match="`greet` is not defined"):
            conversation.request("call")
        assert not conversation.is_out_of_memory
        with pytest.raises(StudentError):
            conversation.request("call")
        assert conversation.is_out_of_memory
        assert conversation.ended is None


# ------------------------------------------------------------------------------ silence and ends


@pytest.mark.parametrize("allowed", [(0.1, PATIENCE), (PATIENCE, 0.1), (-1, PATIENCE)])
def test_silence_ends_at_the_deadline(allowed):
    """That of all questions together, or that of each; afterwards nothing more is asked."""
    with talking_to(stays_silent) as conversation:
        conversation.allow(*allowed)
        with pytest.raises(DeadlineExceeded) as first:
            conversation.request("call")
        conversation.allow(PATIENCE, PATIENCE)
        with pytest.raises(DeadlineExceeded) as second:
            conversation.request("call")

    assert second.value is first.value is conversation.ended


def test_end_of_the_process_is_told_with_what_a_library_said():
    """The reason is read from what this process printed, not from what came before it."""

    def play(peer: Peer) -> None:
        peer.asked()
        assert peer.pipe is not None
        os.write(peer.pipe, b"terminate called\n  what():  std::bad_alloc\n")

    with talking_to(play) as conversation:
        with pytest.raises(ProcessDied) as event:
            conversation.request("call")
        ours, theirs = socket.socketpair()
        theirs.close()
        later = ProcessConversation(ours, conversation.output)
        with pytest.raises(ProcessDied) as nothing:
            later.request("call")
        later.close()

    assert "bad_alloc" in event.value.reason
    assert nothing.value.reason == ""


def test_question_to_a_process_that_is_gone():
    """It is the end of the process also where the question cannot be sent any more."""
    gone = threading.Event()

    def play(peer: Peer) -> None:
        peer.channel.close()
        gone.set()

    with talking_to(play) as conversation:
        gone.wait(PATIENCE)
        with pytest.raises(ProcessDied):
            conversation.request("call", arguments=[b"x" * (4 << 20)])


# ------------------------------------------------------------------------------ nonsense


@pytest.mark.parametrize(
    ("kind", "body", "number"),
    [
        ("value", 1, 2),
        ("value", 1, -1),
        ("verdict", "passed", None),
        ("value", protocol.Name("greet"), None),
        ("value", protocol.Text(), None),
        ("raised", "ValueError", None),
        ("raised", Sequence(["ValueError", "too large"]), None),
        ("raised", Sequence(["ValueError", "too large", 3]), None),
        ("missing", Sequence(["no_such_code", protocol.Mapping([])]), None),
        ("missing", Sequence(["no_stub", protocol.Mapping([])]), None),
        ("missing", 3, None),
    ],
)
def test_answer_that_is_none_ends_the_conversation(kind, body, number):
    """Wrong numbers, unknown kinds and bodies of another shape: whoever sends them is not asked
    again, even where the next answer would be a proper one."""

    def play(peer: Peer) -> None:
        peer.answer(kind, body, number)
        peer.answer("value", "passed")

    with talking_to(play) as conversation:
        for _ in range(2):
            with pytest.raises(ProtocolError):
                conversation.request("call")


@pytest.mark.parametrize(
    "frame",
    [
        struct.pack(">I", 0),
        struct.pack(">I", MAX_HEADER + 1),
        struct.pack(">I", 4) + b"\xff\xff\xff\xff",
        struct.pack(">I", 1) + b"\x90",
    ],
)
def test_bytes_that_are_no_frame_end_the_conversation(frame):
    """They are the submission's doing, not ours."""

    def play(peer: Peer) -> None:
        peer.asked()
        peer.channel.socket.sendall(frame)
        peer.left.wait(PATIENCE)

    with talking_to(play) as conversation, pytest.raises(ProtocolError):
        conversation.request("call")


def test_half_a_frame_ends_at_the_deadline():
    """A frame that is begun and not ended is waited for as long as any."""

    def play(peer: Peer) -> None:
        peer.asked()
        peer.channel.socket.sendall(struct.pack(">I", 100) + b"\x94")
        peer.left.wait(PATIENCE)

    with talking_to(play) as conversation:
        conversation.allow(0.2, 0.2)
        with pytest.raises(DeadlineExceeded):
            conversation.request("call")


# ------------------------------------------------------------------------------ noise


def test_output_is_read_while_an_answer_is_awaited():
    """More than a pipe holds: whoever prints does not wait for us."""
    printed = 10 * MAX_OUTPUT

    def play(peer: Peer) -> None:
        assert peer.pipe is not None
        question = peer.asked()
        for _ in range(10):
            os.write(peer.pipe, b"x" * MAX_OUTPUT)
        peer.channel.send("value", question.number, 1, [])

    with talking_to(play) as conversation:
        assert conversation.request("call") == 1
        while conversation.output.dropped + MAX_OUTPUT < printed:
            conversation.output.drain()
        assert conversation.output.text() == "x" * MAX_OUTPUT


def test_closed_pipe_is_no_end():
    """A submission may close what it prints into, and still answer."""

    def play(peer: Peer) -> None:
        question = peer.asked()
        peer.close_pipe()
        peer.left.wait(0.3)
        peer.channel.send("value", question.number, 1, [])

    with talking_to(play) as conversation:
        assert conversation.request("call") == 1


@pytest.mark.parametrize("noise", [True, False])
def test_it_is_watched_while_an_answer_is_awaited(noise):
    """Also while it prints all the time: a limit ends the conversation before the deadline."""
    looks = []

    def watch() -> None:
        looks.append(1)
        if len(looks) == 3:
            raise LimitExceeded("too much memory")

    def play(peer: Peer) -> None:
        peer.asked()
        while noise and not peer.left.wait(0.001) and peer.pipe is not None:
            os.write(peer.pipe, b"x")
        peer.left.wait(PATIENCE)

    with talking_to(play) as conversation:
        conversation.watch = watch
        for _ in range(2):
            with pytest.raises(LimitExceeded, match="too much memory"):
                conversation.request("call")

    assert len(looks) == 3


def test_all_of_a_question_has_one_deadline():
    """Who reads each part of it in time, but takes its time for each, does not get all of it."""
    parts, size = 20, 1 << 20
    read = []

    def play(peer: Peer) -> None:
        end = peer.channel.socket
        while not peer.left.wait(0.2):
            for _ in range(size >> 16):
                read.append(len(end.recv(1 << 16, socket.MSG_WAITALL)))

    with talking_to(play) as conversation:
        conversation.allow(1, 1)
        with pytest.raises(DeadlineExceeded):
            conversation.request("call", arguments=[bytes(size)] * parts)

    assert 0 < sum(read) < parts * size


# ------------------------------------------------------------------------------ forks


def test_fork_gives_a_conversation_of_its_own():
    """Its answers do not mix with the parent's, and its pipe is the one that was passed."""

    def play(peer: Peer) -> None:
        fds: list[int] = []
        question = peer.channel.receive(fds=fds)
        peer.channel.send("value", question.number, 4711, [])
        child = Peer(socket.socket(fileno=fds[0]), fds[1])
        os.write(fds[1], b"from the child")
        child.answer("value", "child")
        child.channel.close()
        child.close_pipe()
        peer.answer("value", -9)

    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    output = Output(read_end)
    with talking_to(play) as parent:
        child, pid = parent.fork(PATIENCE, '{"plan": []}', write_end, output)
        os.close(write_end)
        child.allow(PATIENCE, PATIENCE)

        assert child.request("call") == "child"
        assert parent.reap(pid) == -9
        output.drain()
        assert (pid, output.text(), parent.output.text()) == (4711, "from the child", "")
        child.close()
        output.close()


@pytest.mark.parametrize(("kind", "body"), [("value", "a pid"), ("raised", 7), ("value", None)])
def test_fork_that_is_answered_with_something_else(kind, body):
    """There is no child then."""

    def play(peer: Peer) -> None:
        fds: list[int] = []
        question = peer.channel.receive(fds=fds)
        peer.channel.send(kind, question.number, body, [])
        for fd in fds:
            os.close(fd)
        peer.answer("value", "no status")

    with talking_to(play) as conversation:
        with pytest.raises(ProtocolError):
            conversation.fork(PATIENCE)
        assert conversation.reap(4711) is None
