"""Write a well-formed reply to the worker's socket before the real one.

Expected: a reply is only a value of this submission: wrong here. The real one, which answers no
question, is an event of the next request.
"""

import os
import socket
import stat
import struct

import msgspec

EXPECTED = {"secret_sum": "failed or error", "echo": "failed or error"}


def forge(body):
    for fd in range(512):
        try:
            found = stat.S_ISSOCK(os.fstat(fd).st_mode)
        except OSError:
            continue
        if found:
            for number in range(1, 6):
                frame = msgspec.msgpack.encode(["value", number, body, []])
                os.write(fd, struct.pack(">I", len(frame)) + frame)


def secret_sum(x):
    forge(True)
    return 0.0


def echo(x):
    forge(["list", ["passed"]])
    return "passed"
