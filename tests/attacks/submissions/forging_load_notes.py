"""Report a hundred thousand notes when loading, each as long as may be, and that CUDA has started.

Expected: the record stays of a readable size; the checks end in time.
"""

import os
import stat
import struct

import msgspec

EXPECTED = {"secret_sum": "missing or error or timeout", "predict": "missing or error or timeout", "echo": "passed or error or timeout or missing"}
NOTES = ["list", ["note " * 4] * 40_000]


def forge(body):
    frame = msgspec.msgpack.encode(["value", 1, body, []])
    for fd in range(64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                os.set_blocking(fd, True)
                data = struct.pack(">I", len(frame)) + frame
                while data:
                    data = data[os.write(fd, data) :]
        except OSError:
            pass


FORGED = forge(["dict", [["notes", NOTES], ["cuda_started", True], ["stubs", ["dict", []]]]])


def echo(x):
    return x
