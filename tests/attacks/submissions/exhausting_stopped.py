"""Stop itself with SIGSTOP, which cannot be caught, and all processes it was forked from.

Expected: a time-out; the box is ended from outside and made again for the other stub. On a device
a check is answered by process 1 of the box, which cannot stop itself, and the answer is right.
"""

import os
import signal

EXPECTED = {"echo": "timeout or passed", "secret_sum": "passed"}


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
