"""Runs inside a box and tries what a hostile submission would try first.

probe.py plants the targets (two secret files, a victim process that stands for the grader,
listeners, a folder that everyone may write) and passes them as JSON in the first argument. One
JSON object is printed: attack -> [succeeded, what happened]. Signals, limits and modes are looked
at from outside as well, where the truth is. Standard library only; nothing here damages a machine.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import signal
import socket
import stat
import sys
from collections.abc import Callable
from typing import Any

TARGETS: dict[str, Any] = json.loads(sys.argv[1])
VICTIM: int = TARGETS["victim"]
MARK: bytes = TARGETS["mark"].encode()


class Held(Exception):
    """An attack met a wall that is no OSError."""


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(65536)


def _marked(path: str) -> str:
    if MARK not in _read(path):
        raise Held(f"{path} is another one in here")
    return f"read {path}"


def secret_file() -> str:
    """A file that only the grader's user may read."""
    return _marked(TARGETS["private"])


def world_readable_file() -> str:
    """A file that every user of the host may read."""
    return _marked(TARGETS["public"])


def environment() -> str:
    """The environment of the grader (API keys, tokens)."""
    return _marked(f"/proc/{VICTIM}/environ")


def command_line() -> str:
    """The arguments of another process."""
    return _marked(f"/proc/{VICTIM}/cmdline")


def inherited_environment() -> str:
    """Variables that the worker or the first process of the box was started with."""
    names = set(os.environ)
    with contextlib.suppress(OSError):
        names |= {line.split(b"=")[0].decode() for line in _read("/proc/1/environ").split(b"\0")}
    extra = names - {*TARGETS["environment"], "PWD", "LC_CTYPE", ""}
    if not extra:
        raise Held("it holds nothing of the grader")
    return "saw " + ", ".join(sorted(extra)[:5])


def memory() -> str:
    """The memory of the grader, where expected values lie."""
    _not_ours()
    with open(f"/proc/{VICTIM}/mem", "rb"), open(f"/proc/{VICTIM}/maps") as maps:
        return "opened memory with " + maps.readline().split()[0]


def ptrace() -> str:
    """Attaching to the grader as a debugger."""
    _not_ours()
    attach, detach = 16, 17
    _libc("ptrace", attach, VICTIM, None, None)
    os.waitpid(VICTIM, 0x40000000)  # __WALL
    _libc("ptrace", detach, VICTIM, None, None)
    return "attached"


def signals() -> str:
    """Killing the grader."""
    _not_ours()
    os.kill(VICTIM, signal.SIGKILL)
    return "signalled"


def limits_of_others() -> str:
    """Taking the grader's open files or processor time away."""
    _not_ours()
    resource.prlimit(VICTIM, resource.RLIMIT_NOFILE, (TARGETS["files"],) * 2)
    return "changed a limit"


def chmod() -> str:
    """Changing the mode of a file that the grader owns."""
    os.chmod(TARGETS["public"], TARGETS["mode"])
    if stat.S_IMODE(os.stat(TARGETS["public"]).st_mode) != TARGETS["mode"]:
        raise Held("nothing happened")
    return "changed a mode"


def tcp() -> str:
    """A connection to a server on this machine (and so to the internet)."""
    with socket.create_connection(("127.0.0.1", TARGETS["tcp"]), timeout=2):
        return "connected"


def udp() -> str:
    """Datagrams, name servers among their receivers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", ("127.0.0.1", TARGETS["udp"]))
    return "sent"


def vsock() -> str:
    """A socket to the hypervisor or to sibling machines, which no network namespace covers."""
    socket.socket(40, socket.SOCK_STREAM).close()
    return "opened"


def netlink() -> str:
    """A socket to the kernel's network tables."""
    socket.socket(16, socket.SOCK_RAW).close()
    return "opened"


def abstract_socket() -> str:
    """A server of the host on an abstract Unix address."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + TARGETS["abstract"])
    return "connected"


def path_socket() -> str:
    """A server of the host on a Unix path, such as a message bus or a container engine."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(TARGETS["path_socket"])
    return "connected"


def user_namespace() -> str:
    """A user namespace, in which code is root over file systems of its own."""
    child = os.fork()
    if child == 0:
        new_user = 0x10000000
        with contextlib.suppress(OSError):
            _libc("unshare", new_user)
            os._exit(0)
        os._exit(1)
    if os.waitpid(child, 0)[1] != 0:
        raise Held("refused")
    return "made"


def write_outside() -> str:
    """Files beyond the own folders: the library, the host's temporary and shared folders."""
    for folder in TARGETS["folders"]:
        path = os.path.join(folder, "grader-probe-" + MARK.decode())
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            os.unlink(path)
            return f"wrote to {folder}"
    raise Held("every folder is closed")


def _libc(name: str, *arguments: Any) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _not_ours() -> None:
    """In a process namespace the victim's number may be one of our own processes."""
    if VICTIM in (1, os.getpid(), os.getppid()):
        raise Held("its number is another process in here")


ATTACKS: tuple[Callable[[], str], ...] = (
    *(secret_file, world_readable_file, environment, command_line, inherited_environment),
    *(tcp, udp, vsock, netlink, abstract_socket, path_socket),
    *(memory, ptrace, user_namespace, write_outside, limits_of_others, chmod, signals),
)


def _outcome(attack: Callable[[], str]) -> tuple[bool, str]:
    try:
        return True, attack()
    except (OSError, Held, ValueError, AttributeError) as error:
        return False, str(error)


if __name__ == "__main__":
    print(json.dumps({attack.__name__: _outcome(attack) for attack in ATTACKS}))
