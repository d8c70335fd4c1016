"""Sleep for ever.

Expected: a time-out of the stub.
"""

import time

EXPECTED = {"echo": "timeout"}


def echo(x):
    if isinstance(x, list):
        time.sleep(1e9)
    return x
