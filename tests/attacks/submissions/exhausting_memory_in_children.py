"""Take 7 GiB in seven processes, each below the limit of one. (No more, in case nothing stops it.)

Expected: the box ends, or the call's time does; the other stub keeps its points.
"""

import os
import time

EXPECTED = {"echo": "error or timeout", "secret_sum": "passed"}


def echo(x):
    if isinstance(x, list):
        for _ in range(7):
            if os.fork() == 0:
                kept = bytearray(1 << 30)
                kept[::4096] = b"x" * (1 << 18)
                time.sleep(60)
        time.sleep(60)
    return x


def secret_sum(x):
    return (x * x).sum() + x.sum() / 2
