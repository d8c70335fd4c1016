"""Fork as fast as possible, children too.

Expected: the box's limit stops it; what it was called for fails.
"""

import os
import time

EXPECTED = {"echo": "timeout or error", "secret_sum": "passed"}


def echo(x):
    end = time.monotonic() + 1
    while isinstance(x, list):
        try:
            os.fork()
        except OSError:
            time.sleep(0.01)
        if time.monotonic() > end:
            time.sleep(60)
    return x


def secret_sum(x):
    return (x * x).sum() + x.sum() / 2
