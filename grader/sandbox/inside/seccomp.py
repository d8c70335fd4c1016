"""Theory of operation: the system calls that code in a box may not make.

A box without network namespace secrets still reaches the kernel: vsock is in no namespace, keyrings
and System V memory belong to a user, io_uring and bpf are a large surface. So a classic BPF program
names the calls that no coursework needs and answers them with an error; every other call passes.
It is assembled here, because libseccomp is not everywhere and its Python bindings are old.

`program()` returns the bytes for `bwrap --seccomp` and for `install()`. Three variants exist:

    program()               a box with namespaces of its own
    program(nested=True)    for a host that still has to build namespaces for its children; each
                            child installs program() before it runs student code
    program(shared=True)    a box that shares process table, user and /run with its host (Landlock):
                            also no sockets but pairs, no leaving of the session, nothing that
                            acts on a process by number or on a file that it cannot open

The filter reads argument values only where the kernel reads them too (the low 32 bits), and never
memory, so there is no race to win. Once installed it cannot be taken off and is inherited.
This file runs inside the box as well: it imports the standard library only.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterable

# One system call: its numbers on (x86_64, aarch64); None where the machine does not have it.
Call = tuple[int, "int | None"]

# Another process's memory and descriptors.
# tests/sandbox/test_seccomp.py::test_denied_calls_return_their_error, selfattack "ptrace"
MEMORY: dict[str, Call] = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
}
# Large kernel interfaces: past local root exploits, and io_uring opens sockets behind the filter.
# tests/sandbox/test_seccomp.py::test_denied_calls_return_their_error
KERNEL_SURFACE: dict[str, Call] = {
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    "modify_ldt": (154, None),
    "personality": (135, 92),
    "lookup_dcookie": (212, 18),
}
# Memory that outlives the box or is shared by user id: a note left for the next submission.
# tests/sandbox/test_seccomp.py::test_denied_calls_return_their_error
LEFT_BEHIND: dict[str, Call] = {
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "shmdt": (67, 197),
    "semget": (64, 190),
    "semop": (65, 193),
    "semctl": (66, 191),
    "semtimedop": (220, 192),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "mq_timedsend": (242, 182),
    "mq_timedreceive": (243, 183),
    "mq_notify": (244, 184),
    "mq_getsetattr": (245, 185),
}
# Files without a name are memory that no limit of a process or a file system counts.
# tests/sandbox/test_seccomp.py::test_denied_calls_return_their_error
UNCOUNTED: dict[str, Call] = {"memfd_create": (319, 279), "memfd_secret": (447, 447)}
# The machine itself: clock, modules, swap, accounting, names, the kernel log.
# tests/sandbox/test_seccomp.py::test_denied_calls_return_their_error
MACHINE: dict[str, Call] = {
    "reboot": (169, 142),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "acct": (163, 89),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "syslog": (103, 116),
    "vhangup": (153, 58),
    "iopl": (172, None),
    "ioperm": (173, None),
    "nfsservctl": (180, 42),
}
# Files by number instead of by path: the way around every rule about paths.
# tests/sandbox/test_seccomp.py::test_denied_calls_return_their_error
HANDLES: dict[str, Call] = {"name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265)}
# Building another view of the file system, to uncover what is hidden or write what is read-only;
# another user or capabilities. A nested host needs these itself.
# tests/sandbox/test_seccomp.py::test_nested_keeps_what_a_host_needs, selfattack "user_namespace"
NAMESPACES: dict[str, Call] = {
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "statmount": (457, 457),
    "listmount": (458, 458),
    "open_tree_attr": (467, 467),
    "setuid": (105, 146),
    "setgid": (106, 144),
    "setreuid": (113, 145),
    "setregid": (114, 143),
    "setgroups": (116, 159),
    "setresuid": (117, 147),
    "setresgid": (119, 149),
    "setfsuid": (122, 151),
    "setfsgid": (123, 152),
    "capset": (126, 91),
}
# Shared only. Who leaves the session outlives its kill; who watches a folder learns its names.
# tests/sandbox/test_boxes.py::test_kill_removes_every_process
ESCAPE: dict[str, Call] = {"setsid": (112, 157), "inotify_add_watch": (254, 27)}
# Shared only. Landlock guards the opening of files, not their modes, owners, times and attributes:
# code of the user's own id could lock the user out of any file. copy() and touch() expect success,
# so these do nothing and say that they did; owners and attributes are refused.
# tests/sandbox/test_isolation.py::test_probe_tells_the_truth, selfattack "chmod"
SILENT: dict[str, Call] = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
}
ATTRIBUTES: dict[str, Call] = {
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "setxattrat": (463, 463),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
}
# Shared only, where Landlock has no signal scope (before Linux 6.12): a signal to any process of
# the same user, so also to the grader and to other boxes.
# tests/sandbox/test_isolation.py::test_landlock_without_scopes_denies_signals
SIGNALS: dict[str, Call] = {
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
}
# Shared only. Calls whose given argument is a process: 0 is the caller, anything else a neighbour
# (a CPU limit of one second kills the grader).
# tests/sandbox/test_isolation.py::test_probe_tells_the_truth, selfattack "limits_of_others"
BY_PROCESS: dict[str, tuple[Call, int]] = {
    "prlimit64": ((302, 261), 0),
    "sched_setparam": ((142, 118), 0),
    "sched_setscheduler": ((144, 119), 0),
    "sched_setaffinity": ((203, 122), 0),
    "sched_setattr": ((314, 274), 0),
    "setpriority": ((141, 140), 1),
    "ioprio_set": ((251, 30), 1),
}

CLONE: Call = (56, 220)
CLONE3: Call = (435, 435)
SOCKET: Call = (41, 198)
CONNECT: Call = (42, 203)
SOCKETPAIR: Call = (53, 199)
IOCTL: Call = (16, 29)
FCNTL: Call = (72, 25)

# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
NEW_NAMESPACE = 0x7E020000
AF_UNIX = 1
CONNECTED_TYPES = [kind | flags for kind in (1, 5) for flags in (0, 0x800, 0x80000, 0x80800)]
TERMINAL_INPUT = [0x5412, 0x541C]  # TIOCSTI, TIOCLINUX
SIGNAL_OWNER_IOCTL = [0x8901, 0x8902]  # FIOSETOWN, SIOCSPGRP
SIGNAL_OWNER_FCNTL = [8, 10, 15]  # F_SETOWN, F_SETSIG, F_SETOWN_EX

MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}  # audit number, column
X32 = 0x40000000

KILL, ALLOW, ERRNO = 0x80000000, 0x7FFF0000, 0x00050000
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, value


def supported(machine: str | None = None) -> bool:
    """Whether there is a table for this machine (or the named one)."""
    return (machine or platform.machine()) in MACHINES


def program(
    nested: bool = False,
    *,
    shared: bool = False,
    signals: bool = True,
    listening: bool = False,
    machine: str | None = None,
) -> bytes:
    """The filter as an array of struct sock_filter.

    `signals=False` also takes kill() and its kin away; `listening` leaves sockets that can listen
    and not connect, one of which CUDA makes at its start. Raises NotImplementedError on a machine
    without a table.
    """
    machine = machine or platform.machine()
    if machine not in MACHINES:
        raise NotImplementedError(f"there is no system call table for {machine}")
    audit, column = MACHINES[machine]
    # Another architecture's numbers mean other calls: a 32-bit call would pass every line below.
    code: list[Instruction] = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, audit),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
    ]
    if machine == "x86_64":  # the same for the x32 numbers of a 64-bit process
        code += [(AT_LEAST, 0, 1, X32), (RETURN, 0, 0, KILL)]
    for call, blocks in _rules(nested, shared, signals, listening):
        number = call[column]
        if number is not None:
            code += [(EQUAL, 0, len(blocks), number), *blocks]
    code.append((RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


def _rules(
    nested: bool, shared: bool, signals: bool, listening: bool
) -> Iterable[tuple[Call, list[Instruction]]]:
    """Each guarded call with the instructions that answer it."""
    for group in (MEMORY, KERNEL_SURFACE, LEFT_BEHIND, UNCOUNTED, MACHINE, HANDLES):
        yield from _refuse(group, errno.EPERM)
    if not nested:
        yield from _refuse(NAMESPACES, errno.EPERM)
        yield CLONE, _answer_if(0, [(ANY_BIT, 0, 1, NEW_NAMESPACE)], errno.EPERM)
        # clone3 takes its flags from memory, which a filter cannot read; libc falls back to clone.
        yield CLONE3, _answer(errno.ENOSYS)
    # Text pushed into a terminal is typed by its user.
    yield IOCTL, _answer_if(1, _one_of(TERMINAL_INPUT), errno.EPERM)
    # Every network family, and those that no network namespace covers (vsock). Answered like a
    # kernel built without networking, which libraries know how to meet.
    yield SOCKETPAIR, _answer_if(0, _none_of([AF_UNIX]), errno.EAFNOSUPPORT)
    if not shared:
        yield SOCKET, _answer_if(0, _none_of([AF_UNIX]), errno.EAFNOSUPPORT)
        return
    # Sockets of the host (message bus, container engine) have paths that Landlock does not guard;
    # a datagram pair can be pointed at them too. Stream pairs cannot.
    if listening:
        yield SOCKET, _answer_if(0, _none_of([AF_UNIX]), errno.EAFNOSUPPORT)
        yield SOCKET, _answer_if(1, _none_of(CONNECTED_TYPES), errno.EPROTONOSUPPORT)
        yield CONNECT, _answer(errno.EACCES)
    else:
        yield SOCKET, _answer(errno.EAFNOSUPPORT)
    yield SOCKETPAIR, _answer_if(1, _none_of(CONNECTED_TYPES), errno.EPROTONOSUPPORT)
    yield from _refuse(ESCAPE, errno.EPERM)
    yield from _refuse(SILENT, 0)
    yield from _refuse(ATTRIBUTES, errno.ENOTSUP)
    for call, argument in BY_PROCESS.values():
        yield call, _answer_if(argument, _none_of([0]), errno.EPERM)
    if not signals:
        yield from _refuse(SIGNALS, errno.EPERM)
        yield FCNTL, _answer_if(1, _one_of(SIGNAL_OWNER_FCNTL), errno.EPERM)
        yield IOCTL, _answer_if(1, _one_of(SIGNAL_OWNER_IOCTL), errno.EPERM)


def _refuse(group: dict[str, Call], error: int) -> Iterable[tuple[Call, list[Instruction]]]:
    return ((call, _answer(error)) for call in group.values())


def _answer(error: int) -> list[Instruction]:
    """The call does not happen and returns this error (0: pretends success)."""
    return [(RETURN, 0, 0, ERRNO | error)]


def _answer_if(argument: int, test: list[Instruction], error: int) -> list[Instruction]:
    """The same, only where the test of this argument falls through to it."""
    load = (LOAD, 0, 0, ARGUMENTS + 8 * argument)  # low word first: both machines little-endian
    return [load, *test, *_answer(error), (LOAD, 0, 0, NUMBER)]


def _one_of(values: list[int]) -> list[Instruction]:
    """Falls through if the argument is one of the values, else skips one instruction."""
    last = len(values) - 1
    return [(EQUAL, last - i, 1 if i == last else 0, value) for i, value in enumerate(values)]


def _none_of(values: list[int]) -> list[Instruction]:
    """Falls through if the argument is none of the values, else skips one instruction."""
    return [(EQUAL, len(values) - i, 0, value) for i, value in enumerate(values)]


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def install(code: bytes) -> None:
    """Put the filter on this process and all that it will start. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges()
    fprog = _Program(len(code) // 8, code)
    pr_set_seccomp, filter_mode = 22, 2
    if libc.prctl(pr_set_seccomp, filter_mode, ctypes.byref(fprog), 0, 0) != 0:
        raise OSError(
            ctypes.get_errno(), "seccomp filter refused: " + os.strerror(ctypes.get_errno())
        )


def no_new_privileges() -> None:
    """A set-user-id program gives nothing any more. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    pr_set_no_new_privs = 38
    if libc.prctl(pr_set_no_new_privs, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
