"""Theory of operation: which files a process may open, without any namespace.

Landlock lets a process give up rights, for itself and all that it starts, without privileges. A
rule names a folder or file and the rights that stay below it; everything that no rule names is
refused. There is no rule that takes away again: to hide a folder inside an allowed tree, its
siblings are allowed one by one.

    read     read, list and execute: interpreter, libraries, public data
    named    read files, list nothing: for those who know a name
    write    read and everything that makes, changes and removes plain files: the scratch folder
    devices  read and write a device
    threads  write, not make: the process's own threads in /proc, where they have names

From ABI 4 (Linux 6.7) TCP is refused as well; from ABI 6 (6.12) signals and abstract sockets stay
inside. What Landlock does not guard (other sockets, file modes, limits of other processes) the
seccomp filter of `program(shared=True)` refuses.
This file runs inside the box as well: it imports the standard library only.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

LEAST_ABI = 4
SIGNAL_ABI = 6

# struct landlock_path_beneath_attr.allowed_access
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_CHAR, MAKE_DIR = 1 << 4, 1 << 5, 1 << 6, 1 << 7
MAKE_REG, MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK = 1 << 8, 1 << 9, 1 << 10, 1 << 11
MAKE_SYM, REFER, TRUNCATE, IOCTL_DEV = 1 << 12, 1 << 13, 1 << 14, 1 << 15

READ = EXECUTE | READ_FILE | READ_DIR
# Not MAKE_CHAR and MAKE_BLOCK: a device node is a door to the host. Not EXECUTE: what a submission
# writes is data. REFER lets os.replace() move between its folders.
WRITE = (
    (READ & ~EXECUTE)
    | (WRITE_FILE | TRUNCATE | REFER | REMOVE_DIR | REMOVE_FILE)
    | (MAKE_DIR | MAKE_REG | MAKE_SOCK | MAKE_FIFO | MAKE_SYM)
)
DEVICE = READ_FILE | WRITE_FILE | TRUNCATE | IOCTL_DEV
OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV

# Every right that is handled is refused where no rule gives it.
ALL_FILES_ABI4 = (1 << 15) - 1
ALL_FILES = ALL_FILES_ABI4 | IOCTL_DEV  # from ABI 5
BIND_AND_CONNECT_TCP = 0b11
ABSTRACT_SOCKETS_AND_SIGNALS = 0b11

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every machine


class _Ruleset(ctypes.Structure):
    """struct landlock_ruleset_attr."""

    _fields_ = (
        ("files", ctypes.c_uint64),
        ("tcp", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _Rule(ctypes.Structure):
    """struct landlock_path_beneath_attr."""

    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), "Landlock: " + os.strerror(ctypes.get_errno()))
    return int(result)


def abi() -> int:
    """The version of Landlock that this kernel gives, 0 where there is none."""
    if not sys.platform.startswith("linux"):
        return 0
    ask_version = 1
    try:
        return _call(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(ask_version))
    except OSError:
        return 0


def restrict(
    read: Iterable[str],
    named: Iterable[str],
    write: Iterable[str],
    devices: Iterable[str],
    threads: Iterable[str],
    hidden: Iterable[str],
    version: int,
) -> None:
    """Confine this process, as kernel ABI `version`, for ever. Paths that are not there are passed.

    `hidden` are folders and files that stay closed even below a path of `read`. The caller has set
    no-new-privileges. Raises OSError where the kernel refuses.
    """
    attributes = _Ruleset(
        ALL_FILES if version >= 5 else ALL_FILES_ABI4,
        BIND_AND_CONNECT_TCP,
        ABSTRACT_SOCKETS_AND_SIGNALS if version >= SIGNAL_ABI else 0,
    )
    size = ctypes.sizeof(attributes) if version >= SIGNAL_ABI else 16
    ruleset = _call(
        CREATE_RULESET, ctypes.byref(attributes), ctypes.c_size_t(size), ctypes.c_uint32(0)
    )
    closed = {*map(Path, hidden)}
    rules = [
        *(rule for path in read for rule in _without(Path(path), closed)),
        *((path, READ_FILE) for path in named),
        *((path, WRITE) for path in write),
        *((path, DEVICE) for path in devices),
        *((path, READ_FILE | WRITE_FILE | TRUNCATE) for path in threads),
    ]
    for path, rights in rules:
        with contextlib.suppress(FileNotFoundError):
            _allow(ruleset, path, rights & attributes.files)
    _call(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    os.close(ruleset)


def scope_signals() -> None:
    """From ABI 6: this process and all that it starts can signal none but themselves, for ever.

    A child that does it again can no longer signal its parent, while the parent still can.
    """
    attributes = _Ruleset(0, 0, ABSTRACT_SOCKETS_AND_SIGNALS)
    size = ctypes.sizeof(attributes)
    ruleset = _call(
        CREATE_RULESET, ctypes.byref(attributes), ctypes.c_size_t(size), ctypes.c_uint32(0)
    )
    _call(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    os.close(ruleset)


def _without(tree: Path, hidden: set[Path]) -> Iterator[tuple[str, int]]:
    """Rules that allow reading the tree but nothing hidden in it."""
    if tree in hidden:
        return
    if not any(tree in path.parents for path in hidden):
        yield str(tree), READ
        return
    yield str(tree), READ_DIR  # its names must be listed for `import` to find the siblings
    for child in tree.iterdir():
        if not _leads_to(child, hidden):
            yield from _without(child, hidden)


def _leads_to(path: Path, hidden: set[Path]) -> bool:
    """Whether it is a link to something hidden, or around it: a rule would hold for what it leads
    to."""
    if not path.is_symlink():
        return False
    real = Path(os.path.realpath(path))
    return any(real in (each, *each.parents) or each in real.parents for each in hidden)


def _allow(ruleset: int, path: str, rights: int) -> None:
    handle = os.open(path, os.O_PATH | os.O_CLOEXEC)  # type: ignore[attr-defined,unused-ignore]
    try:
        if not stat.S_ISDIR(os.fstat(handle).st_mode):
            rights &= OF_A_FILE
        path_beneath = 1
        rule = _Rule(rights, handle)
        _call(
            ADD_RULE,
            ctypes.c_int(ruleset),
            ctypes.c_int(path_beneath),
            ctypes.byref(rule),
            ctypes.c_uint32(0),
        )
    finally:
        os.close(handle)
