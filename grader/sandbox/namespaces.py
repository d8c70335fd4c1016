"""Theory of operation: a box within the box, new for every submission.

A host that has imported torch forks in milliseconds what takes a second to start. The fork leaves
the host's namespaces for its own: users, processes, mounts, network, IPC, host name. It is process
1 of its process table, so it sees and signals nobody else, and the kernel ends all with it. Its
places to write are new and end with its mounts. It keeps no capability.

    unshare     the host's user id in a user namespace of its own, and with it the other namespaces
    furnish     its own /proc and empty file systems in memory; called as process 1
    surrender   the capabilities that a new user namespace gives are dropped for ever

This file runs inside the box as well: it imports the standard library only.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import Any

# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
MOUNTS, ALL = 0x20000, 0x7E020000
NO_SETUID, NO_DEVICES, NO_PROGRAMS = 2, 4, 8
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


def furnish(rooms: dict[str, Any]) -> None:
    """Mount a new /proc and empty file systems. `rooms`: folders, the bytes and files that each may
    hold, and links {path: target} to make in them. Raises OSError."""
    _mount("proc", "/proc", NO_SETUID | NO_DEVICES | NO_PROGRAMS, "")
    size = f"size={rooms['bytes']},nr_inodes={rooms['files']},mode=755"
    for folder in rooms["folders"]:
        _mount("tmpfs", folder, NO_SETUID | NO_DEVICES, size)
    for path, target in rooms["links"].items():
        os.symlink(target, path)
    # Threat: a further namespace, in which the box would be root over mounts of its own.
    Path("/proc/sys/user/max_user_namespaces").write_text("0")


def surrender() -> None:
    """Drop every capability, also from the bounding set. Raises OSError."""
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    for capability in range(last + 1):
        _call("prctl", PR_CAPBSET_DROP, capability, 0, 0, 0)
    _call("prctl", PR_CAP_AMBIENT, CLEAR_ALL, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    _call("capset", header, (ctypes.c_uint32 * 6)())
    _call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)


def _mount(kind: str, folder: str, flags: int, options: str) -> None:
    named = kind.encode()
    _call("mount", named, folder.encode(), named, ctypes.c_ulong(flags), options.encode())


def _call(name: str, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}{arguments[:2]}: {os.strerror(error)}")
