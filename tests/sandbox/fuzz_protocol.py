"""Fuzz the trusted side's decoder: any bytes are a value or an event, never another exception.

    pip install -e ".[fuzz]"
    python tests/sandbox/fuzz_protocol.py -max_total_time=60

Coverage-guided (atheris, libFuzzer's options); test_protocol.py has the quick property tests.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import sys

import atheris

FUZZED = ["grader.sandbox.inside.protocol", "grader.sandbox.conversation"]
with atheris.instrument_imports(include=FUZZED):
    from grader.errors import SandboxEvent
    from grader.sandbox.conversation import answer_of
    from grader.sandbox.inside import protocol
    from grader.sandbox.inside.channel import Channel
    from grader.sandbox.inside.protocol import CodecError


class Silent:
    """A conversation in which nobody answers: for references in an answer."""

    def request(self, kind: str, **arguments: object) -> object:
        raise AssertionError(f"the decoder asked something back: {kind}")


def decode(frame: bytes) -> None:
    """What a conversation does with the bytes of one answer."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(frame)
        theirs.shutdown(socket.SHUT_WR)
        with contextlib.suppress(CodecError, EOFError, SandboxEvent):
            answer_of(Channel(ours).receive(), Silent())


def one_input(data: bytes) -> None:
    """Raw bytes; and the same as a header behind a right length, with some payload."""
    decode(data[:4096])
    cut = data[0] if data else 0
    header, payload = data[1 : len(data) - cut][:4096], data[len(data) - cut :]
    decode(struct.pack(">I", len(header)) + header + payload)


def seeds() -> list[bytes]:
    """Frames as a worker sends them, to begin with."""
    import numpy as np
    import torch

    values = [
        *(None, True, 1 << 40, 0.5, "text", b"bytes", [1, (2, {"a": None})]),
        *(torch.ones(2, 3), np.arange(4), torch.zeros(0), "x" * 2000),
    ]
    packed = [protocol.pack(value, lambda other: None) for value in values]
    packed.append((protocol.Instance(1, "Pair", protocol.FixedSequence([0.5, 1])), []))
    found = []
    for node, buffers in packed:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            Channel(theirs).send("value", 1, node, buffers)
            theirs.close()
            received = b"".join(iter(lambda: ours.recv(65536), b""))  # noqa: B023
        size = struct.unpack(">I", received[:4])[0]
        found.append(bytes([len(received) - 4 - size & 255]) + received[4:])
    return found


if __name__ == "__main__":
    for seed in seeds():
        one_input(seed)
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
