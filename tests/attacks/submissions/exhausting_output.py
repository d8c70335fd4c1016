"""Print several hundred megabytes, on both streams.

Expected: the output is cut; the answer counts.
"""

import os

EXPECTED = {"echo": "passed"}
LINE = b"output flood " * 80_000


def echo(x):
    if isinstance(x, list):
        for _ in range(300):
            os.write(1, LINE)
            os.write(2, b"x" * 100)
    return x
