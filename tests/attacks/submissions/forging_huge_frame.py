"""Announce a frame of 4 GiB, and one of the largest payload, and send nothing more.

Expected: an error or a time-out of this check; the grader allocates nothing of that size.
"""

import os
import stat
import struct

import msgspec

EXPECTED = {"secret_sum": "error", "echo": "timeout or error"}


def send(data):
    for fd in range(512):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                os.write(fd, data)
        except OSError:
            pass


def secret_sum(x):
    send(b"\xff\xff\xff\xff")
    return 0.0


def echo(x):
    frame = msgspec.msgpack.encode(["value", 2, ["bytes"], [256 << 20]])
    send(struct.pack(">I", len(frame)) + frame)
    while isinstance(x, list):
        pass
    os._exit(0)
