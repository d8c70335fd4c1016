"""Recur without end: in Python, and past all limits until the stack of C runs over.

Expected: an error of the stub; a crash leaves no core file.
"""

import sys

EXPECTED = {"secret_sum": "error", "echo": "error"}


def secret_sum(x):
    return secret_sum(x)


def echo(x):
    sys.setrecursionlimit(10**9)

    class Deep:
        def __repr__(self):
            return repr(self)

    return repr(Deep())
