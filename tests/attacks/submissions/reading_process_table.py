"""Read the command lines, folders, open files and roots of all processes.

Expected: only the box's own are there, and they tell nothing of the grader.
"""

import glob
import os

EXPECTED = {"echo": "passed"}
WORDS = ("pytest", "vault" + "-", "test_hidden", "solutions", "xdist", "/root/.ssh")


def echo(x):
    for path in glob.glob("/proc/[0-9]*/*") + glob.glob("/proc/[0-9]*/fd/*"):
        try:
            if path.endswith(("cmdline", "environ", "status", "mountinfo", "comm")):
                text = open(path, errors="replace").read()
            else:
                text = os.readlink(path)
        except OSError:
            continue
        for word in WORDS:
            if word in text and "mountinfo" not in path and "/box-" not in text:
                raise RuntimeError(f"BREACH: {path}: {text[:200]}")
    return x
