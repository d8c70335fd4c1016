"""Scan the memory of the processes that this one was forked from, and of all others.

Expected: what can be read is the box's own and holds no secret.
"""

import glob
import os
import re

EXPECTED = {"echo": "passed"}
MARK = re.compile(rb"vault\{[0-9a-f]{32}\}")


def marks(process):
    for line in open(f"{process}/maps"):
        area, mode, *_ = line.split()
        start, end = (int(part, 16) for part in area.split("-"))
        if mode[:2] == "rw" and end - start < 1 << 27:
            with open(f"{process}/mem", "rb", 0) as memory:
                memory.seek(start)
                yield MARK.search(memory.read(end - start))


def echo(x):
    for process in glob.glob("/proc/[0-9]*") if isinstance(x, list) else []:
        if process != f"/proc/{os.getpid()}":
            try:
                found = [mark[0] for mark in marks(process) if mark]
            except (OSError, OverflowError, ValueError):
                continue
            if found:
                raise RuntimeError(f"BREACH: {process}: {found}")
    return x
