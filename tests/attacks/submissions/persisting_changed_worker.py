"""Overwrite the worker's code and the public data, which the next submission will meet.

Expected: both are read-only.
"""

import glob
import os
import sys

EXPECTED = {"echo": "passed"}


def echo(x):
    files = [m.__file__ for name, m in sys.modules.items() if name.startswith("grader")]
    files += glob.glob("data/**/*ubyte", recursive=True) + glob.glob("../grader/**/*.py", recursive=True)
    for path in files:
        for change in (lambda p: open(p, "r+b").close(), os.unlink, lambda p: os.rename(p, p + "x")):
            try:
                change(path)
            except OSError:
                continue
            raise RuntimeError("BREACH: changed " + path)
    return x
