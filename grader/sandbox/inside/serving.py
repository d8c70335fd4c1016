"""The processes of a box: each answers the requests of its socket, and forks the next ones.

The host imports the framework and forks a process for each submission; one that may be forked when
it has computed forks others for the checks.
Runs inside the box.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import logging
import os
import signal
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.sandbox.inside import frameworks, late, launch, protocol
from grader.sandbox.inside.channel import Channel
from grader.sandbox.inside.protocol import CodecError
from grader.sandbox.inside.worker import Worker, raised

MANY_SUBMISSIONS = 2  # forks after which a host makes large pages for the next ones


def serve(channel: Channel, worker: Worker) -> None:
    """Answer requests until the other side closes; a forked child serves a socket of its own."""
    children: dict[int, bool] = {}  # pid: whether it has a supervisor
    submissions = 0
    while True:
        fds: list[int] = []
        try:
            message = channel.receive(fds=fds)
        except EOFError:
            return
        if message.kind == "fork":
            task = json.loads(message.body) if message.body else {}
            submissions += bool(task)
            if task and worker.joins_pages and submissions == MANY_SUBMISSIONS:
                _join_pages()
            pid = _fork(channel, worker, fds, task)
            children[pid] = launch.is_supervised(task.get("plan", []))
            channel.send("value", message.number, pid, [])
        elif message.kind == "prepare":
            _prepare(worker, json.loads(message.body))
        elif message.kind == "reap":
            channel.send("value", message.number, _reap(message.body, children), [])
        else:
            worker.progress = _reporter(channel, message.number)
            kind, node, buffers = worker.answer(message)
            try:
                channel.send(kind, message.number, node, buffers)
            except CodecError as error:  # nothing of it was sent
                kind, node, buffers = raised("CodecError", str(error), "")
                channel.send(kind, message.number, node, buffers)


def _reporter(channel: Channel, number: int) -> Callable[[str], None]:
    return lambda place: channel.send("progress", number, protocol.well_formed(place[:500]), [])


def _fork(channel: Channel, worker: Worker, fds: list[int], task: dict[str, Any]) -> int:
    """Fork a child that serves the socket fds[0]; returns its pid, in the parent only.

    With a plan (of plans.py) the child is for a new submission: it prints to fds[1], keeps nothing
    else of its parent, and is confined before it serves.
    """
    if task:
        _forget_log_handlers()
    gc.freeze()  # else a collection in the child writes to every page that it shares
    pid = os.fork()
    if pid:
        for fd in fds:
            os.close(fd)
        return pid
    try:
        channel.close()  # the child speaks for itself only
        os.setpgid(0, 0)
        gc.enable()
        if task:
            _keep_only(*fds)
            launch.carry_out(task["plan"])
            tempfile.tempdir = None
        serve(Channel(socket.socket(fileno=fds[0])), worker)
    finally:
        os._exit(0)


def _prepare(worker: Worker, task: dict[str, Any]) -> None:
    """Import modules and read data sets for all processes that are forked from now on."""
    for name in task["imports"]:
        with contextlib.suppress(Exception):
            vars(importlib.import_module(name))  # also what is imported late
    for name in task["data"]:
        with contextlib.suppress(Exception):  # a check that reads it meets the error
            worker.data.keep(name)


def _forget_log_handlers() -> None:
    """PyTorch has dozens, on its loggers; every fork would give each of them a new lock."""
    for name in logging.root.manager.loggerDict:
        logging.getLogger(name).handlers.clear()


def _join_pages() -> None:
    """Make large pages again of those that writing has split: a fork copies the tables of small
    ones. Before Linux 6.1, and where there is no /proc, everything stays as it is."""
    collapse, large = 25, 2 << 20
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/maps").read_text().splitlines():
            area, rights, _, _, file, *_ = line.split()
            start, end = (int(bound, 16) // large * large for bound in area.split("-"))
            if rights == "rw-p" and file == "0" and end - start > large:
                length = ctypes.c_size_t(end - start - large)
                ctypes.CDLL(None).madvise(ctypes.c_void_p(start + large), length, collapse)


def _keep_only(end: int, printed: int) -> None:
    """Print to the second descriptor; close everything else but the first."""
    null = os.open(os.devnull, os.O_RDWR)  # not the host's: flags are set for all who share one
    for standard, source in enumerate((null, printed, printed)):
        os.dup2(source, standard)
    os.closerange(3, end)
    os.closerange(end + 1, os.sysconf("SC_OPEN_MAX"))


def _reap(pid: int, children: dict[int, bool]) -> int | None:
    """Kill a child with its process group, or have its supervisor end all that came from it.

    Returns the exit code it had, or minus the signal.
    """
    if pid not in children:
        return None
    if children.pop(pid):
        os.kill(pid, signal.SIGTERM)
    else:
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(pid, signal.SIGKILL)
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:
        return None


def main(
    data_root: str | None = None, joins_pages: bool = True, framework: str = frameworks.TORCH
) -> None:
    """Entry point in the box: stdin is the socket. Imports the framework, then serves as the
    host."""
    channel = Channel(socket.socket(fileno=os.dup(0)))
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.close(null)
    gc.disable()  # importing makes much that stays
    prepare(framework)
    serve(channel, Worker(data_root, joins_pages, framework=framework))


def prepare(framework: str = frameworks.TORCH) -> None:
    """Import what all submissions need, and nothing that they seldom do."""
    frameworks.named(framework).prepare()
    late.install()
