"""Send headers that are bombs: nested without end, a million parts, lying sizes, false references.

Expected: each is an error of the check that met it, or no value that can be used.
"""

import os
import stat
import struct

import msgspec

EXPECTED = {"secret_sum": "error or failed", "predict": "error or failed", "echo": "error or failed"}


def send(*parts):
    data = b"".join(parts)
    for fd in range(64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                while data:
                    data = data[os.write(fd, data) :]
        except OSError:
            pass
    os._exit(0)


def framed(data):
    return struct.pack(">I", len(data)), data


def header(*parts):
    return msgspec.msgpack.encode(["value", 2, *parts])


def secret_sum(x):
    nested = b"\x92\xa4list\x91" * 100_000 + b"\xc0"
    bomb = b"\x94" + header()[1:] + nested + b"\x90"
    send(*framed({2: bomb, 30: header(["ref", -(2**63), "[/bold] %s {0}"], [])}.get(len(x), header(5, [1]))))


def predict(images, examples, labels):
    if len(images) == 1:
        send(*framed(header(["list", [None] * 900_000], [])))
    send(*framed(header(["tensor", "bool", [2**63 - 1] * 30 + [0], False], [0])))


def echo(x):
    if x == 3:
        send(*framed(header(["dict", [[["list", [1]], 1], [["dict", []], 1]]], [])))
    send(*framed(header(["bytes"], [-1] + [1] * 9999)))
