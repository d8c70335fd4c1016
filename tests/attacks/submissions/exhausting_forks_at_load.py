"""Take all processes of the box when loading, so that no check can be forked.

Expected: errors of this submission, not a failure of the grader.
"""

import os
import time

EXPECTED = {"echo": "error or passed"}


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
