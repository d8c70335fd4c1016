"""Theory of operation: which isolation level holds on this machine, found out by doing.

    namespaces  own users, processes, files, network (bubblewrap), system call filter
    landlock    the same files without namespaces, no network, system call filter
    process     a child with limits: it can read what its user can, so it is taken by name only

`probe` plants targets (secret files, servers, a victim process that stands for the grader), starts
a box with the real arguments and runs selfattack.py in it; `choose` takes the strongest level where
every attack failed and keeps the reason why a stronger one was left. plans.py says what a box may
reach at each level, boxes.py how it starts and ends.

At `landlock` there is neither /dev/shm nor a socket but pairs, and without root all boxes share one
process count.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import secrets
import select
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import IsolationUnavailable
from grader.sandbox.causes import cause_in
from grader.sandbox.isolation import plans
from grader.sandbox.isolation.boxes import LEVELS, check_platform, start
from grader.sandbox.isolation.scratch import PROBE

PROBE_SECONDS = 20.0


@dataclass(frozen=True)
class Isolation:
    """The level that will be used, and in words why no stronger one."""

    level: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """What one attack met at one level, and what would close it."""

    name: str
    closed: bool
    detail: str
    repair: str


def choose(demanded: str = "auto") -> Isolation:
    """The strongest level that holds here, or the demanded one; `process` only by its name.

    Raises IsolationUnavailable with reasons and repairs, UsageError for an unknown level.
    """
    if demanded == "process":
        return Isolation("process", ("process was asked for by name",))
    reasons: list[str] = []
    for level in LEVELS[:2] if demanded == "auto" else (demanded,):
        gaps = [finding for finding in _probe_once(level) if not finding.closed]
        if not gaps:
            return Isolation(level, tuple(reasons))
        reasons += [f"{level}: {gap.name}: {gap.detail} ({gap.repair})" for gap in gaps]
    raise IsolationUnavailable(
        f"no sandbox can be had here. {' '.join(reasons)} With `--isolation process` there is none:"
        " student code can read all that you can read."
    )


@functools.cache
def _probe_once(level: str) -> tuple[Finding, ...]:
    return tuple(probe(level))


def probe(level: str) -> list[Finding]:
    """Start the smallest box with the real arguments and attack the grader from inside.

    A box that does not start is the finding `start`. Raises UsageError for an unknown level.
    """
    try:
        check_platform(level)
    except IsolationUnavailable as error:
        return [Finding("start", False, str(error), "then probe again")]
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=PROBE)))
        victim = stack.enter_context(_victim())
        targets = _plant(folder, victim, stack)
        try:
            output = _run_attack(level, targets)
        except IsolationUnavailable as error:
            return [Finding("start", False, str(error), "then probe again")]
        try:
            results: dict[str, tuple[bool, str]] = json.loads(output.splitlines()[-1])
        except (ValueError, IndexError):
            return [Finding("start", False, cause_in(output), _repair_start(output))]
        for name in _seen_from_outside(victim, targets):
            results[name] = (True, "its effect was seen from outside")
    return [
        Finding(name, not succeeded, detail, _repair(level) if succeeded else "")
        for name, (succeeded, detail) in results.items()
    ]


@contextlib.contextmanager
def _victim() -> Any:
    """A process of the grader's user with a mark in its environment and its arguments."""
    mark = secrets.token_hex(8)
    program = [sys.executable, "-I", "-S", "-c", "input()", mark]
    with subprocess.Popen(
        program, env={"MARK": mark}, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as victim:
        yield victim
        victim.kill()


def _plant(
    folder: Path, victim: subprocess.Popen[bytes], stack: contextlib.ExitStack
) -> dict[str, Any]:
    """Everything that the attack aims at."""
    mark = str(victim.args[-1])  # type: ignore[index]
    folder.chmod(0o777)  # nothing but the box may stand between the attack and its targets
    for name, mode in (("private", 0o600), ("public", 0o644)):
        (folder / name).write_text(mark)
        (folder / name).chmod(mode)
    address = str(folder / "socket")
    listening = (
        socket.socket(socket.AF_UNIX),
        socket.socket(),
        socket.socket(type=socket.SOCK_DGRAM),
    )
    unix, tcp, udp = map(stack.enter_context, listening)
    unix.bind(address)
    os.chmod(address, 0o777)
    tcp.bind(("127.0.0.1", 0))
    udp.bind(("127.0.0.1", 0))
    abstract = stack.enter_context(socket.socket(socket.AF_UNIX))
    if sys.platform == "linux":
        abstract.bind("\0" + mark)
        abstract.listen()
    for server in (unix, tcp):
        server.listen()
    return {
        "mark": mark,
        "victim": victim.pid,
        "private": str(folder / "private"),
        "public": str(folder / "public"),
        "mode": 0o604,
        "files": 77,
        "tcp": tcp.getsockname()[1],
        "udp": udp.getsockname()[1],
        "abstract": mark,
        "path_socket": address,
        "environment": [*plans.environment("")],
        "folders": [
            str(folder),
            str(Path(sys.prefix) / "lib"),
            str(Path(os.__file__).parent),
            "/",
            "/dev",
            "/var/tmp",
        ],
    }


def _run_attack(level: str, targets: dict[str, Any]) -> str:
    attack = Path(__file__).with_name("selfattack.py").read_text(encoding="utf-8")
    command = [sys.executable, "-I", "-S", "-c", attack, json.dumps(targets)]
    ours, theirs = socket.socketpair()
    with ours, start(level, box_end=theirs, command=command) as box:
        return _read_all(box.output).decode("utf-8", "replace")


def _read_all(pipe: int, seconds: float = PROBE_SECONDS) -> bytes:
    """What the box prints until all its ends are closed or the time is over."""
    deadline = time.monotonic() + seconds
    printed = b""
    while (left := deadline - time.monotonic()) > 0:
        if select.select([pipe], [], [], left)[0]:
            chunk = os.read(pipe, 65536)
            if not chunk:
                break
            printed += chunk
    return printed


def _seen_from_outside(victim: subprocess.Popen[bytes], targets: dict[str, Any]) -> list[str]:
    """The attacks whose effect is there, whatever the box says."""
    seen = []
    if victim.poll() is not None:
        seen.append("signals")
    elif sys.platform == "linux":
        import resource

        if resource.prlimit(victim.pid, resource.RLIMIT_NOFILE)[0] == targets["files"]:
            seen.append("limits_of_others")
    if os.stat(targets["public"]).st_mode & 0o777 == targets["mode"]:
        seen.append("chmod")
    return seen


def _repair(level: str) -> str:
    if level == "process":
        return "use the level namespaces or landlock"
    return "this level does not hold on this machine: please report it, and use the other one"


APPARMOR = "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
DOCKER = (
    "in Docker: docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
    " --security-opt systempaths=unconfined"
)
START_REPAIRS = (
    # what the box printed, what helps
    ("uid map: Permission denied", APPARMOR),
    ("RTM_NEWADDR", APPARMOR),
    ("Can't mount proc", DOCKER),
    ("Failed to make / slave", DOCKER),
    ("ENOSPC", "sysctl -w user.max_user_namespaces=15000"),
    ("No permissions to creat", f"sysctl -w kernel.unprivileged_userns_clone=1; {DOCKER}"),
)


def _repair_start(output: str) -> str:
    known = (repair for sign, repair in START_REPAIRS if sign in output)
    return next(known, "then probe again")
