"""Scan the memory of this process, with all that it inherited by fork, and of every other one.

Expected: at namespaces memory of the box can be read and holds no secret; at landlock /proc is
closed.
"""

import glob
import re

EXPECTED = {"echo": "passed or timeout"}
MARK = re.compile(rb"vault\{[0-9a-f]{32}\}")


def mark_in(process):
    for line in open(f"{process}/maps"):
        area, mode, *_ = line.split()
        start, end = (int(part, 16) for part in area.split("-"))
        if mode[:2] != "rw" or end - start > 1 << 27:
            continue
        with open(f"{process}/mem", "rb", 0) as memory:
            memory.seek(start)
            found = MARK.search(memory.read(end - start))
        if found:
            return found[0].decode()


def echo(x):
    for process in ["/proc/self", *glob.glob("/proc/[0-9]*")] if isinstance(x, list) else []:
        try:
            found = mark_in(process)
        except (OSError, OverflowError, ValueError):
            continue
        if found:
            raise RuntimeError(f"BREACH: {process}: {found}")
    return x
