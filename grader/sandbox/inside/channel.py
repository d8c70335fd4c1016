"""Frames over a socket pair: a 4-byte big-endian length, a msgspec header of that length, and raw
buffers whose sizes the header lists.

The header is typed: a kind, a number that pairs answers with questions, and one tree of nodes
(protocol.py). Both sides import this module.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable
from typing import Any

import msgspec

from grader.sandbox.inside.protocol import (
    MAX_BUFFERS,
    MAX_PAYLOAD,
    CodecError,
    Message,
    Node,
)

MAX_HEADER = 1 << 20  # bytes; tensors and long texts travel as buffers, not in the header
SMALL = 1 << 16  # bytes of a frame that is sent as one piece
MAX_FDS = 2


class Header(msgspec.Struct, frozen=True, array_like=True):
    kind: str
    number: int
    body: Node
    sizes: list[int]


_encode_header = msgspec.msgpack.Encoder().encode
_decode_header = msgspec.msgpack.Decoder(Header).decode


class Channel:
    """Frames over one end of a socket pair."""

    def __init__(self, end: socket.socket) -> None:
        self.socket = end

    def send(
        self,
        kind: str,
        number: int,
        body: Any,
        buffers: list[Any],
        fds: list[int] | None = None,
        deadline: float | None = None,
    ) -> None:
        """Send one frame, and with it at most MAX_FDS file descriptors.

        deadline: of time.monotonic(), for all of it. Raises TimeoutError after it, OSError when the
        other side is gone, CodecError when the header is too long.
        """
        header = _encode_header(Header(kind, number, body, [len(data) for data in buffers]))
        if len(header) > MAX_HEADER:
            raise CodecError("a value with too many parts")
        prefix = struct.pack(">I", len(header))
        if fds:
            socket.send_fds(self.socket, [prefix], fds)
            parts = [header, *buffers]
        else:
            parts = [prefix + header, *buffers]
        if sum(map(len, parts)) <= SMALL:  # the other side wakes up once
            parts = [b"".join(parts)]
        for data in parts:
            if deadline is not None:  # each sendall has a time of its own
                self.socket.settimeout(max(deadline - time.monotonic(), 0.001))
            self.socket.sendall(data)

    def receive(
        self, wait: Callable[[], None] | None = None, fds: list[int] | None = None
    ) -> Message:
        """The next frame. `wait` is called before every read (it blocks until there is something
        to read, or raises). `fds` collects passed descriptors; without it none is accepted.

        Raises EOFError when the other side has closed, CodecError for anything malformed.
        """
        if fds is None:
            prefix = bytes(self._exactly(4, wait))
        else:
            received, passed, _, _ = socket.recv_fds(self.socket, 4, MAX_FDS)
            fds.extend(passed)
            prefix = received + self._exactly(4 - len(received), wait) if received else b""
        if not prefix:
            raise EOFError
        (length,) = struct.unpack(">I", prefix)
        if not 0 < length <= MAX_HEADER:
            raise CodecError("a header of a forbidden length")
        try:
            header = _decode_header(self._exactly(length, wait))
        except (msgspec.MsgspecError, RecursionError, ValueError) as error:
            raise CodecError(f"a header that is not one: {error}") from None
        sizes = header.sizes
        if len(sizes) > MAX_BUFFERS or any(s < 0 for s in sizes) or sum(sizes) > MAX_PAYLOAD:
            raise CodecError("more bytes than one message may carry")
        buffers = [self._exactly(size, wait) for size in sizes]
        return Message(header.kind, header.number, header.body, buffers)

    def _exactly(self, count: int, wait: Callable[[], None] | None) -> bytearray:
        """Read into a fresh buffer that nothing else shares."""
        data = bytearray(count)
        view = memoryview(data)
        while view:
            if wait is not None:
                wait()
            got = self.socket.recv_into(view)
            if not got:
                raise EOFError
            view = view[got:]
        return data

    def close(self) -> None:
        self.socket.close()
