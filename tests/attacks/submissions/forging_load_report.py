"""Answer the request to load before the worker does, with a report of the wrong form.

Expected: the report counts as empty, or the submission as not loaded; an event of this one only.
"""

import os
import stat
import struct

import msgspec

EXPECTED = {"secret_sum": "missing or error or timeout", "predict": "missing or error or timeout", "echo": "passed or error or timeout or missing"}
PARTS = [["stubs", ["dict", [["echo", 5], ["predict", ["list", [1, 2]]]]]], ["notes", ["list", [None, 1.5]]]]


def forge(body):
    frame = msgspec.msgpack.encode(["value", 1, body, []])
    for fd in range(64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                os.write(fd, struct.pack(">I", len(frame)) + frame)
        except OSError:
            pass


FORGED = forge(["dict", PARTS])


def echo(x):
    return x
