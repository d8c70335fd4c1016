"""Answer with references that lie: numbers that do not exist, names with markup, one for a list.

Expected: a reference is no value; the check that uses it fails.
"""

import os
import stat
import struct

import msgspec

EXPECTED = {"secret_sum": "failed", "predict": "failed", "echo": "failed or error or timeout"}


def answer(body):
    frame = msgspec.msgpack.encode(["value", 2, body, []])
    for fd in range(64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                os.write(fd, struct.pack(">I", len(frame)) + frame)
        except OSError:
            pass


def secret_sum(x):
    answer(["ref", -(2**63), "[/bold] %s {0}"])


def predict(images, examples, labels):
    answer(["ref", 2**64 - 1, "Tensor" * 1000])


def echo(x):
    answer(["ref", 0, "list"])
