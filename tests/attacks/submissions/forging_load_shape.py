"""Answer the request to load before the worker does, with tensors of impossible shapes.

Expected: the submission counts as not loaded, or the report as empty.
"""

import os
import stat
import struct

import msgspec

EXPECTED = {"secret_sum": "missing or error or timeout", "predict": "missing or error or timeout", "echo": "passed or error or timeout or missing"}
SHAPE = [0, 1 << 62, 1 << 62]


def forge(body):
    frame = msgspec.msgpack.encode(["value", 1, body, [0]])
    for fd in range(64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                os.write(fd, struct.pack(">I", len(frame)) + frame)
        except OSError:
            pass


FORGED = forge(["tensor", "float32", SHAPE, False])


def echo(x):
    return x
