"""Theory of operation: a box within the box, new for every submission.

A host that has imported torch forks in milliseconds what takes a second to start. The fork leaves
the host's namespaces for its own: users, processes, mounts, network, IPC, host name. It is process
1 of its process table, so it sees and signals nobody else, and the kernel ends all with it. Its
places to write are new and end with its mounts. It keeps no capability.

    unshare     the host's user id in a user namespace of its own, and with it the other namespaces
    mount     its own /proc and empty file systems in memory; called as process 1
    drop_capabilities   the capabilities that a new user namespace gives are dropped for ever

This file runs inside the box as well: it imports the standard library only.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
MOUNTS, ALL = 0x20000, 0x7E020000
NO_SETUID, NO_DEVICES, NO_PROGRAMS = 2, 4, 8
BIND, RECURSIVE, PRIVATE = 4096, 16384, 1 << 18
PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_CAP_AMBIENT, CLEAR_ALL = 4, 24, 47, 4
CAPABILITY_VERSION_3 = 0x20080522


def unshare() -> None:
    """Leave the host's namespaces; the next child is process 1 of the new ones. Raises OSError."""
    user, group = os.geteuid(), os.getegid()
    _call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)  # else the maps in /proc belong to root
    _call("unshare", ALL)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def unshare_mounts() -> None:
    """Mounts of its own for this process, of which none reaches the host. Raises OSError."""
    _call("unshare", MOUNTS)
    _mount(None, "/", None, PRIVATE | RECURSIVE)


def mount(mounts: dict[str, Any]) -> None:
    """Mount a new /proc and empty file systems. `mounts`: folders, the bytes and files that each
    may hold, what lies below them and stays, links {path: target} to make. Raises OSError."""
    _mount("proc", "/proc", "proc", NO_SETUID | NO_DEVICES | NO_PROGRAMS)
    size = f"size={mounts['bytes']},nr_inodes={mounts['files']},mode=755"
    cover(map(Path, mounts["folders"]), size, map(Path, mounts["shown"]))
    for path, target in mounts["links"].items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        os.symlink(target, path)
    # Threat: a further namespace, in which the box would be root over mounts of its own.
    Path("/proc/sys/user/max_user_namespaces").write_text("0")


def cover(folders: Iterable[Path], options: str, shown: Iterable[Path]) -> None:
    """Mount an empty file system over each folder, and show in it again what is below. Raises
    OSError."""
    handles = [(path, path.is_dir(), os.open(path, os.O_PATH)) for path in shown]
    for folder in folders:
        _mount("tmpfs", str(folder), "tmpfs", NO_SETUID | NO_DEVICES, options)
    for path, is_folder, handle in handles:
        path.parent.mkdir(parents=True, exist_ok=True)
        if is_folder:
            path.mkdir()
        else:
            path.touch()
        _mount(f"/proc/self/fd/{handle}", str(path), None, BIND | RECURSIVE)
        os.close(handle)


def drop_capabilities() -> None:
    """Drop every capability, also from the bounding set. Raises OSError."""
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    for capability in range(last + 1):
        _call("prctl", PR_CAPBSET_DROP, capability, 0, 0, 0)
    _call("prctl", PR_CAP_AMBIENT, CLEAR_ALL, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    _call("capset", header, (ctypes.c_uint32 * 6)())
    _call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    texts = [text.encode() if text is not None else None for text in (source, target, kind)]
    _call("mount", *texts, ctypes.c_ulong(flags), data.encode())


def _call(name: str, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}{arguments[:3]}: {os.strerror(error)}")
