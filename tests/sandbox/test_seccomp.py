"""The system call filter, run by a small interpreter for both machines and by the kernel."""

from __future__ import annotations

import errno
import json
import platform
import socket
import struct
import sys
from typing import Any

import pytest

from grader.sandbox.inside import seccomp
from grader.sandbox.isolation import boxes
from grader.sandbox.isolation import probe as isolation

COMMON = seccomp.MEMORY | seccomp.KERNEL_SURFACE | seccomp.LEFT_BEHIND
COMMON |= seccomp.UNCOUNTED | seccomp.MACHINE | seccomp.HANDLES
CALLS = COMMON | seccomp.NAMESPACES
SHARED = seccomp.ESCAPE | seccomp.SILENT | seccomp.ATTRIBUTES

machines = pytest.mark.parametrize("machine", sorted(seccomp.MACHINES))


def verdict(code: bytes, machine: str, number: int, *arguments: int) -> int:
    """What the kernel would do: interpret the program on one struct seccomp_data."""
    audit, _ = seccomp.MACHINES[machine]
    padded = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    data = struct.pack("=IIQ6Q", number, audit, 0, *padded)
    accumulator, at = 0, 0
    while True:
        operation, if_true, if_false, value = struct.unpack_from("=HBBI", code, at * 8)
        at += 1
        if operation == seccomp.RETURN:
            return value
        if operation == seccomp.LOAD:
            (accumulator,) = struct.unpack_from("=I", data, value)
            continue
        holds = {
            seccomp.EQUAL: accumulator == value,
            seccomp.AT_LEAST: accumulator >= value,
            seccomp.ANY_BIT: bool(accumulator & value),
        }[operation]
        at += if_true if holds else if_false


def refused(error: int) -> int:
    return seccomp.ERRNO | error


def number_of(call: seccomp.Call, machine: str) -> int:
    number = call[seccomp.MACHINES[machine][1]]
    assert number is not None
    return number


def on(machine: str, calls: dict[str, seccomp.Call]) -> list[int]:
    column = seccomp.MACHINES[machine][1]
    return [number for call in calls.values() if (number := call[column]) is not None]


@machines
def test_every_listed_call_is_refused_and_others_pass(machine: str) -> None:
    """A call of the table returns EPERM, any other number is allowed."""
    code = seccomp.program(machine=machine)
    listed = set(on(machine, CALLS))

    assert {verdict(code, machine, number) for number in listed} == {refused(errno.EPERM)}
    ordinary = set(range(500)) - listed
    ordinary -= {number_of(call, machine) for call in (seccomp.CLONE3, seccomp.SOCKET)}
    ordinary -= {number_of(seccomp.SOCKETPAIR, machine)}
    assert {verdict(code, machine, number) for number in ordinary} == {seccomp.ALLOW}


@machines
def test_foreign_machines_are_killed(machine: str) -> None:
    """Calls with the numbers of another architecture, or of x32, end the process."""
    code = seccomp.program(machine=machine)
    (other,) = set(seccomp.MACHINES) - {machine}

    assert verdict(code, other, 1) == seccomp.KILL
    if machine == "x86_64":
        assert verdict(code, machine, seccomp.X32 + 1) == seccomp.KILL


@machines
def test_arguments_decide(machine: str) -> None:
    """Threads and Unix sockets pass; namespaces, other families and terminal input do not."""
    code = seccomp.program(machine=machine)

    def answer(call: seccomp.Call, *arguments: int) -> int:
        return verdict(code, machine, number_of(call, machine), *arguments)

    threads_of_glibc, new_user, high_bits = 0x3D0F00, 0x10000000, 1 << 40
    assert answer(seccomp.CLONE, threads_of_glibc) == seccomp.ALLOW
    assert answer(seccomp.CLONE, new_user | 17) == refused(errno.EPERM)
    assert answer(seccomp.CLONE3) == refused(errno.ENOSYS)
    assert answer(seccomp.SOCKET, socket.AF_UNIX) == seccomp.ALLOW
    for family in (2, 10, 16, 17, 38, 40, high_bits | 2):
        assert answer(seccomp.SOCKET, family) == refused(errno.EAFNOSUPPORT)
    assert answer(seccomp.IOCTL, 0, 0x5412) == refused(errno.EPERM)
    assert answer(seccomp.IOCTL, 0, high_bits | 0x5412) == refused(errno.EPERM)
    assert answer(seccomp.IOCTL, 0, 0x5413) == seccomp.ALLOW


@machines
def test_nested_keeps_what_a_host_needs(machine: str) -> None:
    """A host that builds namespaces for its children may do that, and nothing more."""
    code = seccomp.program(nested=True, machine=machine)

    assert {verdict(code, machine, n) for n in on(machine, seccomp.NAMESPACES)} == {seccomp.ALLOW}
    assert {verdict(code, machine, n) for n in on(machine, COMMON)} == {refused(errno.EPERM)}
    assert verdict(code, machine, number_of(seccomp.SOCKET, machine), 40) != seccomp.ALLOW


@machines
def test_shared_takes_away_what_reaches_a_neighbour(machine: str) -> None:
    """Without namespaces no socket but a stream pair, no other process and no file mode is left."""
    code = seccomp.program(shared=True, signals=False, machine=machine)

    def answer(call: seccomp.Call, *arguments: int) -> int:
        return verdict(code, machine, number_of(call, machine), *arguments)

    for number in on(machine, SHARED | seccomp.SIGNALS):
        assert verdict(code, machine, number) != seccomp.ALLOW
    assert answer(seccomp.SOCKET, socket.AF_UNIX) != seccomp.ALLOW
    assert answer(seccomp.SOCKETPAIR, 1, 0x80001) == seccomp.ALLOW
    assert answer(seccomp.SOCKETPAIR, 1, 2) != seccomp.ALLOW  # datagrams can be sent elsewhere
    assert answer(seccomp.SOCKETPAIR, 2, 1) != seccomp.ALLOW
    assert answer(seccomp.FCNTL, 0, 10) != seccomp.ALLOW
    for call, argument in seccomp.BY_PROCESS.values():
        assert answer(call, *[0] * argument, 0) == seccomp.ALLOW
        assert answer(call, *[0] * argument, 4711) == refused(errno.EPERM)


def test_a_machine_without_a_table_is_an_error() -> None:
    """The filter is never silently empty."""
    with pytest.raises(NotImplementedError, match="riscv64"):
        seccomp.program(machine="riscv64")
    assert not seccomp.supported("riscv64")


TRY_CALLS = """
import ctypes, json, sys
libc = ctypes.CDLL(None, use_errno=True)
seen = {}
for name, number in json.loads(sys.argv[1]).items():
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(0)] * 6)
    seen[name] = ctypes.get_errno() if result < 0 else 0
print(json.dumps(seen))
"""


@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_denied_calls_return_their_error(level: str) -> None:
    """In a box of this kernel every call of the table returns the error of the table."""
    gaps = [finding for finding in isolation.probe(level) if not finding.closed]
    if gaps:
        pytest.skip(f"{level}: {gaps[0].detail}")
    column = {"x86_64": 0, "aarch64": 1}[platform.machine()]
    groups: list[tuple[dict[str, seccomp.Call], int]] = [(CALLS, errno.EPERM)]
    if level == "landlock":
        groups += [(seccomp.ESCAPE, errno.EPERM), (seccomp.SILENT, 0)]
        groups += [(seccomp.ATTRIBUTES, errno.ENOTSUP)]
    expected = {name: error for group, error in groups for name in group}
    numbers: dict[str, Any] = {
        name: call[column] for group, _ in groups for name, call in group.items()
    }
    numbers = {name: number for name, number in numbers.items() if number is not None}
    command = [sys.executable, "-I", "-S", "-c", TRY_CALLS, json.dumps(numbers)]

    ours, theirs = socket.socketpair()
    with ours, boxes.start(level, box_end=theirs, command=command) as box:
        box.process.wait(timeout=20)
        seen = json.loads(isolation._read_all(box.output))

    assert seen == {name: expected[name] for name in numbers}
