"""A box on a student's own machine: forked from this process, which has imported torch already.

The second import would take longer than the checks. It is for level `process` only, where student
code can read what its user can: a fork also holds what this process has in memory, which on a
student's machine is public. As elsewhere the fork is a host that runs no student code itself and
forks a process for it.
"""

from __future__ import annotations

import io
import logging
import os
import signal
import socket
import sys
import traceback
import warnings
from pathlib import Path
from typing import NoReturn, TextIO

from grader.sandbox.inside import launch, serving
from grader.sandbox.isolation import plans
from grader.sandbox.isolation.boxes import Box, kill_session
from grader.sandbox.isolation.plans import Limits
from grader.sandbox.isolation.scratch import Scratch


class Child:
    """A forked process, to be asked and awaited like one of `subprocess`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._has_ended = False

    def poll(self) -> int | None:
        """0 when it has ended, however that was; else None."""
        if not self._has_ended:
            self._has_ended = os.waitpid(self.pid, os.WNOHANG)[0] == self.pid
        return 0 if self._has_ended else None

    def wait(self) -> int:
        if not self._has_ended:
            os.waitpid(self.pid, 0)
            self._has_ended = True
        return 0


def start(box_end: socket.socket, public_data: Path | None, limits: Limits, framework: str) -> Box:
    """Fork a host that serves `box_end`, which is closed here. Call where this process has no
    other threads and torch has computed nothing yet, or on one thread only."""
    scratch = Scratch(public_data)
    plan = plans.plain(plans.BoxSpec(public_data, limits, False, framework), scratch.path)
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about threads: those of a numeric library sleep
            pid = os.fork()
    except OSError:
        os.close(read_end)
        os.close(write_end)
        scratch.remove()
        raise
    if pid == 0:
        data = str(scratch.path / "data") if public_data else None
        _serve(box_end.fileno(), write_end, plan.before, scratch.path, data, framework)
    os.close(write_end)
    box_end.close()
    return Box(Child(pid), read_end, "process", plan.submission, kill_session, scratch)


def _serve(
    box_end: int,
    output: int,
    before: plans.Steps,
    scratch: Path,
    data: str | None,
    framework: str,
) -> NoReturn:
    """The child: the host, with nothing of this process but its modules."""
    try:
        os.setsid()
        launch.end_with_parent(signal.SIGKILL)
        for handled in (signal.SIGINT, signal.SIGTERM):
            signal.signal(handled, signal.SIG_DFL)
        logging.shutdown()  # else its files would be closed later, whatever has their numbers then
        for standard, source in enumerate((box_end, output, output)):
            os.dup2(source, standard)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        sys.stdout, sys.stderr = _unbuffered(1), _unbuffered(2)
        # As in a box that is started: nothing is imported from the current folder or PYTHONPATH.
        own = {"", os.getcwd(), *os.environ.get("PYTHONPATH", "").split(os.pathsep)}
        sys.path[:] = [str(scratch / "grader"), *(path for path in sys.path if path not in own)]
        launch.carry_out(before)
        # Joining pages takes a quarter of a second, and there are a dozen checks.
        serving.main(data, joins_pages=False, framework=framework)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def _unbuffered(number: int) -> TextIO:
    """A text file on a descriptor: what is printed there is not lost when the process is killed."""
    raw = os.fdopen(number, "wb", 0, closefd=False)
    return io.TextIOWrapper(raw, "utf-8", "backslashreplace", write_through=True)
