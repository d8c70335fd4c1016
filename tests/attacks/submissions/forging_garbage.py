"""Write garbage to the socket, and frames that are almost messages: another one with every call.

Expected: an error each time, never more.
"""

import os
import stat
import struct

import msgspec

EXPECTED = {"secret_sum": "error", "predict": "error", "echo": "error"}


def send(*parts):
    data = b"".join(parts)
    for fd in range(64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                while data:
                    data = data[os.write(fd, data) :]
        except OSError:
            pass


def framed(*header):
    data = msgspec.msgpack.encode(list(header))
    return struct.pack(">I", len(data)) + data


def secret_sum(x):
    four_gib = b"\xff\xff\xff\xff"
    send({2: os.urandom(4096), 30: four_gib}.get(len(x), framed("value", 2, {"not": "a node"}, [])))
    return 0.0


def predict(images, examples, labels):
    if len(images) == 1:
        send(framed("value", 2, ["tensor", "float32", [-1], False], [4]), b"0000")
    send(framed("value", 2, ["tensor", "object", [1], True], [4]), b"0000")
    return 0.0


def echo(x):
    body = ["code", "f", "def f(): pass"] if x == 3 else ["name", "x"]
    send(framed("value", 2, body, []))
    return x
