"""Report progress for ever instead of answering.

Expected: a time-out, as if nothing had been sent.
"""

import os
import stat
import struct

import msgspec

EXPECTED = {"echo": "timeout"}


def echo(x):
    frame = msgspec.msgpack.encode(["progress", 2, "still working", []])
    frame = struct.pack(">I", len(frame)) + frame
    sockets = [fd for fd in range(64) if is_socket(fd)]
    while isinstance(x, list):
        os.write(sockets[0], frame)
    return x


def is_socket(fd):
    try:
        return stat.S_ISSOCK(os.fstat(fd).st_mode)
    except OSError:
        return False
