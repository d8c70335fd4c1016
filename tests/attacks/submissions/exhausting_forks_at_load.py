"""Take all processes of the box when loading, so that no check can be forked.

Expected: errors of this submission, not a failure of the grader.
"""

import os
import time

EXPECTED = {"secret_sum": "missing or error or timeout", "predict": "missing or error or timeout", "echo": "passed or error or timeout or missing"}


def bomb():
    parent = os.getpid()
    try:
        while True:
            if os.fork() == 0:
                time.sleep(60)
                os._exit(0)
    except OSError:
        return os.getpid() - parent


CHILDREN = bomb()


def echo(x):
    return x
