"""Theory of operation: how the process that runs student code is started and ended.

One box is one worker process with everything that it starts. Its descriptor 0 is the socket to the
trusted side, 1 and 2 are one pipe, and it holds no other. plans.py says what it may reach;
launch.py turns into the worker, step by step:

    namespaces  launch.py ─[reveal, drop]─▶ bwrap (pid 1 of the box) ─▶ launch.py ─limit─▶ worker
    landlock    launch.py ─[reveal, drop], limits, landlock, seccomp─▶ worker
    process     launch.py ─limit─▶ worker

[reveal, drop] happens when the grader runs as root: the user id is given up before bubblewrap
starts, because a user namespace made by root owns /proc/sys.

The end comes from outside and needs nothing from the inside: at `namespaces` the kernel ends all
with the box's process 1; at the other levels everything is found by its session, which at
`landlock` nothing can leave. What it wrote is removed with it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from grader.errors import IsolationUnavailable, UsageError
from grader.sandbox import plans, seccomp
from grader.sandbox.plans import Limits

LEVELS = ("namespaces", "landlock", "process")
LAUNCHER = plans.PACKAGE / "sandbox" / "launch.py"


@dataclass
class Box:
    """A running worker. `output` is the non-blocking read end of its stdout and stderr."""

    process: subprocess.Popen[bytes]
    output: int
    level: str
    scratch: Path | None  # on the host's disk; None where the box has file systems of its own
    ended: bool = False

    def kill(self) -> None:
        """End every process of the box, wait for them, and remove what it left. Idempotent."""
        if self.ended:
            return
        self.ended = True
        if self.level == "namespaces":
            _kill_pid_namespace(self.process)
        else:
            _kill_session(self.process)
        os.close(self.output)
        if self.scratch is not None:
            _remove(self.scratch)

    def __enter__(self) -> Box:
        return self

    def __exit__(self, *error: object) -> None:
        self.kill()


def start(
    level: str,
    *,
    box_end: socket.socket,
    public_data: Path | None = None,
    limits: Limits = Limits(),  # noqa: B008 (frozen)
    command: list[str] | None = None,
    cuda: bool = False,
) -> Box:
    """Start the worker (or `command`) at this level, with `box_end` as its descriptor 0.

    The box dies with the thread that calls this, so call from a thread that outlives it. `box_end`
    is closed here in any case. Raises IsolationUnavailable where the level cannot even be tried;
    what fails later shows as an early end of the process and a sentence in `output`.
    """
    with box_end:
        _check_platform(level)
        data = public_data.resolve() if public_data else None
        order = plans.Order(data, limits, command, cuda)
        if level == "namespaces":
            return _launch(level, plans.namespaces(order), box_end, None)
        scratch = _make_scratch(data)
        try:
            make_plan = plans.confined if level == "landlock" else plans.plain
            return _launch(level, make_plan(order, scratch), box_end, scratch)
        except BaseException:
            _remove(scratch)
            raise


def _check_platform(level: str) -> None:
    if level not in LEVELS:
        raise UsageError(
            f"there is no isolation level {level!r}; choose one of {', '.join(LEVELS)}"
        )
    if os.name != "posix":
        raise IsolationUnavailable("the sandbox needs Linux or macOS; on Windows, run it in WSL 2")
    if level != "process" and not (sys.platform == "linux" and seccomp.supported()):
        raise IsolationUnavailable(f"{level} needs Linux on an x86_64 or aarch64 processor")


def _launch(level: str, plan: plans.Plan, box_end: socket.socket, scratch: Path | None) -> Box:
    read_end, write_end = os.pipe()
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(LAUNCHER), json.dumps(plan)],
            env={},  # threat: tokens and paths in the grader's environment
            cwd="/",
            stdin=box_end.fileno(),
            stdout=write_end,
            stderr=write_end,
            start_new_session=True,  # no terminal to type into, one session to kill
        )
    except BaseException:
        os.close(read_end)
        raise
    finally:
        os.close(write_end)
    os.set_blocking(read_end, False)
    return Box(process, read_end, level, scratch)


def _make_scratch(data: Path | None) -> Path:
    """The folder of a box without file systems of its own: work/ with data -> ../data, tmp/, the
    worker's code, and data, a link to the public data."""
    scratch = Path(tempfile.mkdtemp(prefix="grader-box-"))
    for source, name in plans.worker_files():
        target = scratch / "grader" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    for name in ("work", "tmp"):
        (scratch / name).mkdir()
    for path in scratch.rglob("*"):  # whatever the umask: the box may have a user of its own
        path.chmod(0o755 if path.is_dir() else 0o644)
    scratch.chmod(0o755 if os.geteuid() == 0 else 0o700)
    if data is None:
        (scratch / "data").mkdir()
    else:
        (scratch / "data").symlink_to(data)
    (scratch / "work" / "data").symlink_to("../data")
    return scratch


def _remove(scratch: Path) -> None:
    """Remove a hostile tree: unreadable folders, and deeper than Python's own recursion goes."""
    for tool in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
        subprocess.run([*tool, "--", str(scratch)], capture_output=True, check=False)


def _kill_pid_namespace(monitor: subprocess.Popen[bytes]) -> None:
    """Kill the box's process 1, with which the kernel ends the whole namespace, and await it.

    The monitor (the launcher, which becomes bubblewrap outside the box) is stopped first, so that
    it cannot make the box between the look and the kill. It reaps process 1, which the kernel lets
    go after all others.
    """
    if monitor.poll() is not None:
        return
    monitor.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, monitor.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    children = Path(f"/proc/{monitor.pid}/task/{monitor.pid}/children")
    inside = children.read_text().split() if children.exists() else []
    for pid in inside:
        os.kill(int(pid), signal.SIGKILL)
    monitor.send_signal(signal.SIGCONT if inside else signal.SIGKILL)
    try:
        monitor.wait(timeout=10)
    except subprocess.TimeoutExpired:
        monitor.kill()
        monitor.wait()


def _kill_session(leader: subprocess.Popen[bytes]) -> None:
    """Kill every process of the leader's session, group by group, until none is left.

    At landlock no process can leave the session (seccomp.py); at process it can.
    """
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        groups = _groups_of_session(leader.pid)
        for group in groups | ({leader.pid} if leader.poll() is None else set()):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)
        if not groups:
            break
    leader.wait()


def _groups_of_session(session: int) -> set[int]:
    """Process groups with a living member; without /proc (macOS) none are known."""
    groups = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # pid (name, which may hold anything) state parent group session ...
            state, _, group, its_session = stat.read_text().rpartition(")")[2].split()[:4]
            if int(its_session) == session and state not in "ZX":
                groups.add(int(group))
    return groups
