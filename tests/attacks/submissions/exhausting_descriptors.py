"""Open files until there are no more descriptors, when loading and when called.

Expected: this submission alone runs out of them.
"""

import os

EXPECTED = {"secret_sum": "missing or error or timeout", "predict": "missing or error or timeout", "echo": "passed or error or timeout or missing"}


def fill():
    opened = []
    try:
        while True:
            opened.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        return opened


FULL = fill()


def echo(x):
    fill()
    return x


echo.needs = FULL  # so that it is run
