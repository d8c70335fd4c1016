"""Write verdicts at exit, in signal handlers and in destructors.

Expected: wrong values stay wrong.
"""

import atexit
import os
import signal
import sys

EXPECTED = {"secret_sum": "failed", "echo": "failed"}


class Last:
    def __del__(self):
        print("all checks passed")


KEPT = Last()


def passed(*args):
    print("7 passed in 0.01s")
    os._exit(0)


def secret_sum(x):
    atexit.register(passed)
    sys.exitfunc = passed
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGPIPE):
        signal.signal(number, passed)
    return 0.0


def echo(x):
    atexit.register(passed)
    return "passed"
