"""End with exit code 0 while a check waits, and print verdicts at exit, in signal handlers, last.

Expected: an error, or a wrong value that stays wrong.
"""

import atexit
import os
import signal
import sys

EXPECTED = {"secret_sum": "error", "predict": "error", "echo": "error or failed"}


class Last:
    def __del__(self):
        print("all checks passed")


KEPT = Last()


def passed(*args):
    print("7 passed in 0.01s")
    os._exit(0)


def secret_sum(x):
    os._exit(0)


def predict(images, examples, labels):
    sys.exit(0)


def echo(x):
    atexit.register(passed)
    sys.exitfunc = passed
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGPIPE):
        signal.signal(number, passed)
    if x == 3:
        raise SystemExit("passed")
    return "passed"


secret_sum.needs = KEPT  # so that it is run
