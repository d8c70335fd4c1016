"""Loop for ever, in Python and with every signal ignored.

Expected: a time-out of the stub, after seconds.
"""

import signal

EXPECTED = {"echo": "timeout"}


def echo(x):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while isinstance(x, list):
        pass
    return x
