"""Why a process ended, from what it printed: the line that names the fault."""

from __future__ import annotations

import re

MOST = 300  # characters of a cause

# A C++ library names its fault at the beginning of what it prints, the launcher in one sentence,
# Python at the end.
CPP = re.compile(r"^[ \t]*what\(\):[ \t]*(\S.*)$", re.M)
LAUNCHER = re.compile(r"^(sandbox: .+)$", re.M)
PYTHON = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception|Interrupt|Exit)\b.*$", re.M)


def cause_in(printed: str) -> str:
    """The first line of a C++ exception, the sentence of launch.py, the last exception of Python,
    or else the last line; "" where nothing was printed."""
    lines = [line for line in printed.splitlines() if line.strip()]
    found = [
        exception_of_cpp(printed),
        *LAUNCHER.findall(printed)[:1],
        *PYTHON.findall(printed)[-1:],
        *lines[-1:],
    ]
    return next((_cut(line) for line in found if line), "")


def exception_of_cpp(printed: str) -> str:
    """The first line of the C++ exception that ended a process; "" without one."""
    found = CPP.search(printed)
    return _cut(found[1]) if found else ""


def _cut(line: str) -> str:
    return line.strip()[:MOST]
