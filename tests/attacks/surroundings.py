"""What an attack may find around the box, and what is there afterwards that was not before."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

TOKEN = "vault{e7f02b94c6d84d15a83b90f7c5d2164e}"  # in the grader's environment
NOTE = "vault{10cc5a7be2934f86bd07f4e89a6d3c52}"  # in a bystander's file that everybody may read

SHARED_FOLDERS = ("/tmp", "/dev/shm", "/var/tmp", "/run")
ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER


@contextlib.contextmanager
def planted(level: str) -> Iterator[None]:
    """A token in the grader's environment; a bystander with an open file and two servers.

    The attacks know the addresses /tmp/vault-<level> and, abstract, vault-<level>. Whoever runs
    these tests at the same time on the same machine waits here.
    """
    folder = Path("/tmp", f"vault-{level}")
    with contextlib.ExitStack() as stack:
        stack.enter_context(_server(f"\0{folder.name}"))
        shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
        folder.mkdir()
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.enter_context(_server(str(folder / "socket")))
        (folder / "neighbour.py").write_text(NOTE)
        for path, mode in (
            (folder, 0o777),
            (folder / "socket", 0o777),
            (folder / "neighbour.py", 0o644),
        ):
            path.chmod(mode)
        os.environ["VAULT_TOKEN"] = TOKEN
        stack.callback(os.environ.pop, "VAULT_TOKEN")
        yield
        assert (folder / "neighbour.py").read_text() == NOTE


def _server(address: str) -> socket.socket:
    server = socket.socket(socket.AF_UNIX)
    deadline = time.monotonic() + 600
    while True:
        try:
            server.bind(address)
            server.listen()
            return server
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


@contextlib.contextmanager
def watching(left_behind: list[str]) -> Iterator[None]:
    """Collect what is new afterwards: processes, mounts, files.

    Boxes get a temporary folder of their own for the time, so that what others leave in a shared
    one is not blamed on them; there only names that the attacks use count.
    """
    with tempfile.TemporaryDirectory(prefix="vault-boxes-") as folder:
        os.chmod(folder, 0o755)
        usual, tempfile.tempdir = tempfile.tempdir, folder
        ctypes.CDLL(None).prctl(ADOPT_ORPHANS, 1, 0, 0, 0)  # no survivor leaves this family
        try:
            before = _surroundings()
            yield
            left_behind += sorted(_surroundings() - before)
            left_behind += os.listdir(folder)
        finally:
            ctypes.CDLL(None).prctl(ADOPT_ORPHANS, 0, 0, 0, 0)
            tempfile.tempdir = usual


def _surroundings() -> set[str]:
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    names = {f"{folder}/{name}" for folder in SHARED_FOLDERS for name in os.listdir(folder)}
    notes = {name for name in names if re.search(r"vault-note|/core|/file-|/full-", name)}
    return {*_descendants(), *mounts, *notes}


def _descendants() -> set[str]:
    """Every living process that comes from this one."""
    parents, names = {}, {}
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
        with contextlib.suppress(OSError):
            name, _, rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
            state, parent = rest.split()[:2]
            if state not in "ZX":
                parents[pid], names[pid] = int(parent), name
    family = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return {f"process {names[pid]})" for pid in family - {os.getpid()}}
