"""Write a well-formed reply to the worker's socket before the real one, once and twice.

Expected: a reply is only a value of this submission, and a wrong one here.
"""

import os
import stat
import struct

import msgspec

EXPECTED = {"secret_sum": "failed", "echo": "failed or error"}


def forge(number, body):
    frame = msgspec.msgpack.encode(["value", number, body, []])
    for fd in range(64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                os.write(fd, struct.pack(">I", len(frame)) + frame)
        except OSError:
            pass


def secret_sum(x):
    forge(2, True)
    return 0.0


def echo(x):
    for number in (2, 2, 3, 3):
        forge(number, ["list", ["passed"]])
    return "passed"
