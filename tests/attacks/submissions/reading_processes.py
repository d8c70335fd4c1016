"""Read the environment, arguments, folders, open files and namespaces of every process.

Expected: only the box's own processes are there, and they tell nothing of the grader.
"""

import glob
import os

EXPECTED = {"echo": "passed"}
WORDS = ("VAULT", "pytest", "test_hidden", "solutions", "xdist")


def echo(x):
    seen = [repr(dict(os.environ))]
    for pid in ("1", "self", os.getppid(), *map(os.path.basename, glob.glob("/proc/[0-9]*"))):
        for name in ("environ", "cmdline", "status", "comm", "fd/0", "fd/3", "cwd", "exe"):
            path = f"/proc/{pid}/{name}"
            try:
                seen.append(os.readlink(path) if os.path.islink(path) else open(path).read())
            except (OSError, UnicodeError):
                pass
    for text in seen:
        if any(word in text for word in WORDS):
            raise RuntimeError("BREACH: " + text[:300])
    return x
