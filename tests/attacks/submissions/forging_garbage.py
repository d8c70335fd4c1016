"""Write garbage to the socket, and frames that are almost messages: one with every call.

Expected: an error each time, or the answer that was due; never more.
"""

import os
import stat
import struct

import msgspec

EXPECTED = {"secret_sum": "error", "predict": "error or timeout", "echo": "error"}


def send(data):
    for fd in range(64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                os.write(fd, data)
        except OSError:
            pass


def framed(*header):
    data = msgspec.msgpack.encode(list(header))
    return struct.pack(">I", len(data)) + data


def secret_sum(x):
    send(os.urandom(4096) if len(x) == 2 else b"\0\0\0\0")
    if len(x) == 7:
        send(framed("value", 2, {"not": "a node"}, []))
    return 0.0


def predict(images, examples, labels):
    send(framed("value", 2, ["tensor", "float32", [-1], False], [4]) + b"0000")
    return 0.0


def echo(x):
    send(framed("value", 2, ["code", "f", "def f(): pass"], []) if x == 3 else framed("value", 2, ["name", "x"], []))
    return x
