"""Theory of operation: how the processes that run student code are started and ended.

A box is one host process with everything that it starts. Its descriptor 0 is the socket to the
trusted side, 1 and 2 are one pipe, and it holds no other. plans.py says what it may reach;
launch.py turns into the host, step by step, and the host forks submissions (host.py):

    namespaces  launch.py ─[reveal, drop_root]─▶ bwrap (pid 1 of the box) ─▶ launch.py ─▶ host
                         host ─fork, enter_namespaces, limit, seccomp─▶ …
    landlock    launch.py ─[reveal, drop_root], supervise ─▶ host
                         host ─fork, make_scratch_dir, supervise, limit, landlock, seccomp─▶ …
    process     launch.py ─▶ host ─fork, make_scratch_dir, limit─▶ …

[reveal, drop_root] happens when the grader runs as root: the user id is given up before bubblewrap
starts, because a user namespace made by root owns /proc/sys.

The end asks nothing of the inside. At `namespaces` the kernel ends all with the box's process 1. At
`landlock` the launcher stays as a supervisor that the box cannot signal and that kills it at once
(before Linux 6.12, and at `process`, the processes are searched by their session). What the box
wrote is removed with it.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from grader.errors import IsolationUnavailable, UsageError
from grader.sandbox.inside import frameworks, launch, seccomp
from grader.sandbox.isolation import allowed, plans
from grader.sandbox.isolation.plans import Limits
from grader.sandbox.isolation.scratch import Scratch, remove, used_bytes

LEVELS = ("namespaces", "landlock", "process")
KILL_SECONDS = 30.0  # a storm of forks keeps the kernel busy for seconds
LAUNCHER = allowed.PACKAGE / "sandbox" / "inside" / "launch.py"


class Process(Protocol):
    """What a box needs of its first process."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self) -> int: ...


@dataclass
class Box:
    """A running worker. `output` is the non-blocking read end of its stdout and stderr."""

    process: Process
    output: int
    level: str
    submission: Callable[[int], plans.Steps]  # the steps of the process forked for a submission
    end: Callable[[Any], None]  # how every process of it is killed
    scratch: Scratch | None  # on the host's disk; None where the box has file systems of its own
    ended: bool = False

    def kill(self) -> None:
        """End every process of the box, wait for them, and remove what it left. Idempotent."""
        if self.ended:
            return
        self.ended = True
        try:
            self.end(self.process)
        finally:
            os.close(self.output)
            if self.scratch is not None:
                self.scratch.remove()

    @functools.cached_property
    def is_for_many(self) -> bool:
        """Whether nothing of a submission can be left when it has ended: another one may follow."""
        return launch.is_supervised(self.submission(0))

    def memory_bytes(self) -> int:
        """What its processes have in memory, without the files that they share; 0 on a system that
        does not tell. A page that a fork shares counts once for each process."""
        return sum(_memory_of(process) for process in self._processes())

    def memory_in_parts(self) -> int:
        """The same with each shared page counted once. Takes the kernel some milliseconds."""
        return sum(_parts_of(process) for process in self._processes())

    def disk_bytes(self, number: int) -> int:
        """What this submission has on the host's disk, as far as its files can be seen."""
        if self.scratch is None:
            return 0
        return used_bytes(plans.scratch_dir(self.scratch.path, number))

    def written_bytes(self) -> int:
        """What its processes, those that have ended too, have had written to disks; so a file that
        has no name any more counts."""
        if self.scratch is None:
            return 0
        return sum(_sum_of(process / "io", ("write_bytes:",)) for process in self._processes())

    def pids(self) -> set[int]:
        """The numbers of its processes on this machine."""
        return {int(process.name) for process in self._processes()}

    def _processes(self) -> Iterator[Path]:
        """The folders in /proc of the box's first process and all that came from it."""
        todo = [str(self.process.pid)]
        while todo:
            process = Path("/proc", todo.pop())
            yield process
            with contextlib.suppress(OSError):
                for children in process.glob("task/*/children"):
                    todo += children.read_text().split()

    def tidy(self, number: int) -> None:
        """Remove what an ended submission left on the host's disk."""
        if self.scratch is not None:
            remove(plans.scratch_dir(self.scratch.path, number))

    def __enter__(self) -> Box:
        return self

    def __exit__(self, *error: object) -> None:
        self.kill()


def _memory_of(process: Path) -> int:
    """Bytes of its private memory and of memory that processes share without a file."""
    return _sum_of(process / "status", ("RssAnon:", "RssShmem:")) << 10


def _parts_of(process: Path) -> int:
    parts = _sum_of(process / "smaps_rollup", ("Pss_Anon:", "Pss_Shmem:")) << 10
    return parts or _memory_of(process)


def _sum_of(table: Path, names: tuple[str, ...]) -> int:
    """The sum of these lines of a table in /proc, in its unit; 0 where it cannot be read."""
    try:
        lines = table.read_text().splitlines()
    except OSError:  # it has ended, or belongs to another user
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(names))


def start(
    level: str,
    *,
    box_end: socket.socket,
    public_data: Path | None = None,
    limits: Limits = Limits(),  # noqa: B008 (frozen)
    command: list[str] | None = None,
    cuda: bool = False,
    framework: str = frameworks.TORCH,
    compiled: Path | None = None,
) -> Box:
    """Start the host at this level, with `box_end` as its descriptor 0; or `command`, confined as a
    submission is.

    The box dies with the thread that calls this, so call from a thread that outlives it. `box_end`
    is closed here in any case. Raises IsolationUnavailable where the level cannot even be tried;
    what fails later shows as an early end of the process and a sentence in `output`.
    """
    with box_end:
        check_platform(level)
        data = public_data.resolve() if public_data else None
        spec = plans.BoxSpec(data, limits, cuda, framework, compiled)
        if level == "namespaces":
            return _launch(level, plans.namespaces(spec), command, box_end, None)
        scratch = Scratch(data)
        try:
            make_plans = plans.confined if level == "landlock" else plans.plain
            return _launch(level, make_plans(spec, scratch.path), command, box_end, scratch)
        except BaseException:
            scratch.remove()
            raise


def check_platform(level: str) -> None:
    """Raises UsageError for an unknown level, IsolationUnavailable where it cannot be tried."""
    if level not in LEVELS:
        raise UsageError(
            f"there is no isolation level {level!r}; choose one of {', '.join(LEVELS)}"
        )
    if os.name != "posix":
        raise IsolationUnavailable("the sandbox needs Linux or macOS; on Windows, run it in WSL 2")
    if level != "process" and not (sys.platform == "linux" and seccomp.supported()):
        raise IsolationUnavailable(f"{level} needs Linux on an x86_64 or aarch64 processor")


def _launch(
    level: str,
    how: plans.LaunchPlan,
    command: list[str] | None,
    box_end: socket.socket,
    scratch: Scratch | None,
) -> Box:
    plan = how.started(command)
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
    return Box(process, read_end, level, how.submission, _way_to_end(plan), scratch)


def _way_to_end(plan: plans.Steps) -> Callable[[Any], None]:
    steps = {step for step, _ in plan}
    if "bwrap" in steps:
        return _kill_pid_namespace
    return _kill_supervised if "supervise" in steps else kill_session


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
        monitor.wait(timeout=KILL_SECONDS)
    except subprocess.TimeoutExpired:
        monitor.kill()
        monitor.wait()


def _kill_supervised(supervisor: subprocess.Popen[bytes]) -> None:
    """Ask the box's supervisor (launch.supervise) to kill all and to await their end."""
    supervisor.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        supervisor.wait(timeout=KILL_SECONDS)
    kill_session(supervisor)  # finds nothing, unless the machine killed the supervisor


def kill_session(leader: Process) -> None:
    """Kill every process of the leader's session until looking around finds none any more.

    For a box that nobody supervises. A group is killed at once, so no member can fork out of it,
    but a chain of forks that change their groups can slip by a look; so it takes several.
    """
    deadline = time.monotonic() + KILL_SECONDS
    clean_looks = 0
    while clean_looks < 3 and time.monotonic() < deadline:
        clean_looks += 1
        if leader.poll() is None:
            _kill_group(leader.pid)
        for group in _groups_of_session(leader.pid):
            clean_looks = 0
            _kill_group(group)
    leader.wait()


def _kill_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _groups_of_session(session: int) -> Iterator[int]:
    """The process group of each living process, as it is found; none without /proc (macOS)."""
    for pid in filter(str.isdigit, os.listdir("/proc") if os.path.isdir("/proc") else []):
        with contextlib.suppress(OSError):
            stat = Path("/proc", pid, "stat").read_text()
            # pid (name, which may hold anything) state parent group session ...
            state, _, group, its_session = stat.rpartition(")")[2].split()[:4]
            if int(its_session) == session and state not in "ZX":
                yield int(group)
