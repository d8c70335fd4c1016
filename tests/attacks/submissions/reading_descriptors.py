"""Read every open descriptor: is there a plan, a check, a socket of someone else?

Expected: the descriptors are the output, the null device and the own socket.
"""

import os
import stat

EXPECTED = {"echo": "passed"}


def echo(x):
    sockets = 0
    for fd in range(512):
        try:
            mode = os.fstat(fd).st_mode
        except OSError:
            continue
        sockets += stat.S_ISSOCK(mode)
        if stat.S_ISDIR(mode) or (stat.S_ISREG(mode) and b"vault" in os.pread(fd, 1 << 20, 0)):
            raise RuntimeError(f"BREACH: descriptor {fd}")
    if sockets > 1:
        raise RuntimeError(f"BREACH: {sockets} sockets")
    return x
