"""Stop itself with SIGSTOP, which cannot be caught, and all processes it was forked from.

Expected: a time-out; the box is ended from outside and made again for the other stub.
"""

import os
import signal

EXPECTED = {"echo": "timeout", "secret_sum": "passed"}


def echo(x):
    if isinstance(x, list):
        for pid in (os.getppid(), *range(2, 100), os.getpid()):
            try:
                os.kill(pid, signal.SIGSTOP)
            except OSError:
                pass
    return x


def secret_sum(x):
    return (x * x).sum() + x.sum() / 2
