"""Loop in C code, where Python's signal handlers never get a turn.

Expected: a time-out of the stub, after seconds.
"""

EXPECTED = {"echo": "timeout"}


def echo(x):
    if isinstance(x, list):
        sum(range(10**15))
    return x
