"""Stop the processes that this one was forked from, and answer.

Expected: the answer counts; the box is ended from outside and made again.
"""

import os
import signal

EXPECTED = {"echo": "passed or timeout", "secret_sum": "passed"}


def echo(x):
    if isinstance(x, list):
        for pid in (os.getppid(), *range(2, os.getpid())):
            if pid < 1000 or pid == os.getppid():
                try:
                    os.kill(pid, signal.SIGSTOP)
                except OSError:
                    pass
    return x


def secret_sum(x):
    return (x * x).sum() + x.sum() / 2
