"""Scan this process's memory, with all that it inherited by fork, for marks of the private files.

Expected: at namespaces the memory can be read and holds no secret; at landlock /proc is closed.
"""

import re

EXPECTED = {"echo": "passed"}
MARK = re.compile(rb"vault\{[0-9a-f]{32}\}")


def scan(pid):
    for line in open(f"/proc/{pid}/maps"):
        area, mode, *_ = line.split()
        start, end = (int(part, 16) for part in area.split("-"))
        if mode[0] != "r" or end - start > 1 << 28:
            continue
        try:
            with open(f"/proc/{pid}/mem", "rb", 0) as memory:
                memory.seek(start)
                found = MARK.search(memory.read(end - start))
        except (OSError, OverflowError, ValueError):
            continue
        if found:
            return found[0].decode()
    return ""


def echo(x):
    try:
        mark = scan("self") if isinstance(x, list) else ""
    except OSError:
        return x
    if mark:
        raise RuntimeError("BREACH: " + mark)
    return x
