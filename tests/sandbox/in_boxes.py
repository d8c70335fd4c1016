"""Helpers of the tests of boxes: start Python in one, read what it prints, find its processes."""

from __future__ import annotations

import contextlib
import functools
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.sandbox.isolation import boxes
from grader.sandbox.isolation import probe as isolation
from grader.sandbox.isolation.boxes import Box

ROOT = Path(__file__).parents[2]
CONFINED = ("namespaces", "landlock")
every_level = pytest.mark.parametrize("level", boxes.LEVELS)
confined = pytest.mark.parametrize("level", CONFINED)


@functools.cache
def gaps(level: str) -> tuple[str, ...]:
    return tuple(f"{f.name}: {f.detail}" for f in isolation.probe(level) if not f.closed)


def begin(level: str, code: str, *arguments: str, **options: Any) -> Box:
    """A box that runs this Python; skips the test where the probe finds a gap."""
    if level != "process" and gaps(level):
        pytest.skip(f"{level}: {gaps(level)[0]}")
    ours, theirs = socket.socketpair()
    ours.close()
    command = [sys.executable, "-I", "-c", code, *arguments]
    return boxes.start(level, box_end=theirs, command=command, **options)


def run(level: str, code: str, *arguments: str, **options: Any) -> str:
    """What the code prints in a box, until it ends; searching a cold disk takes its time."""
    with begin(level, code, *arguments, **options) as box:
        return isolation._read_all(box.output, seconds=120).decode()


def processes_with(mark: str) -> list[str]:
    """Command lines of living processes of this machine that hold the mark."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            line = Path("/proc", pid, "cmdline").read_text()
            found += [line] if mark in line else []
    return found


def printed_so_far(box: Box) -> bytes:
    """What the box printed until now; does not wait."""
    with contextlib.suppress(BlockingIOError):
        return os.read(box.output, 100)
    return b""
