"""Report progress for ever in place of an answer; announce 256 MiB and send nothing of it.

Expected: time-outs, as if nothing had been sent.
"""

import os
import stat
import struct

import msgspec

EXPECTED = {"echo": "timeout", "predict": "timeout"}


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


def echo(x):
    while isinstance(x, list):
        send(framed("progress", 2, "still working", []))
    return x


def predict(images, examples, labels):
    while len(images) > 1:
        send(framed("value", 2, ["bytes"], [256 << 20]))
        while True:
            pass
    return [7]
