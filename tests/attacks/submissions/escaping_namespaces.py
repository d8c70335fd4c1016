"""Make namespaces, enter others', change the view of the file system: unshare, setns, clone, mount,
pivot_root, chroot, fsopen, open_tree, ...

Expected: each is refused.
"""

import ctypes
import os

EXPECTED = {"echo": "passed", "secret_sum": "passed"}
USER, MOUNT, PROCESS, NETWORK = 0x10000000, 0x20000, 0x20000000, 0x40000000
CLONE, PIVOT_ROOT = (56, 155) if os.uname().machine == "x86_64" else (220, 41)
FSOPEN, OPEN_TREE, MOUNT_SETATTR, STATMOUNT, LISTMOUNT = 430, 428, 442, 457, 458
BIND, REMOUNT = 4096, 32


def echo(x):
    libc = ctypes.CDLL(None, use_errno=True)
    for kind in (USER, MOUNT, PROCESS, NETWORK, USER | MOUNT):
        if libc.unshare(kind) == 0:
            raise RuntimeError(f"BREACH: unshare {kind:x}")
        child = libc.syscall(CLONE, ctypes.c_long(kind | 17), None, None, None, None)
        if child == 0:
            os._exit(0)
        if child > 0:
            raise RuntimeError(f"BREACH: clone {kind:x}")
    for pid in ("1", "self", os.getppid()):
        for name in ("user", "mnt", "pid", "net"):
            try:
                handle = os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY)
            except OSError:
                continue
            if libc.setns(handle, 0) == 0:
                raise RuntimeError(f"BREACH: setns {pid} {name}")
            os.close(handle)
    return x


def secret_sum(x):
    libc = ctypes.CDLL(None, use_errno=True)
    tries = {
        "tmpfs": lambda: libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None),
        "bind": lambda: libc.mount(b"/", b".", None, BIND, None),
        "remount": lambda: libc.mount(None, b"/", None, BIND | REMOUNT, None),
        "proc": lambda: libc.mount(b"proc", b"/tmp", b"proc", 0, None),
        "umount": lambda: libc.umount2(b"/tmp", 2),
        "pivot_root": lambda: libc.syscall(PIVOT_ROOT, b".", b"."),
        "chroot": lambda: libc.chroot(b"."),
        "fsopen": lambda: libc.syscall(FSOPEN, b"tmpfs", 0),
        "open_tree": lambda: libc.syscall(OPEN_TREE, -100, b"/", 1),
        "mount_setattr": lambda: libc.syscall(MOUNT_SETATTR, -100, b"/", 0, None, 0),
        "statmount": lambda: libc.syscall(STATMOUNT, None, None, 0, 0),
        "listmount": lambda: libc.syscall(LISTMOUNT, None, None, 0, 0),
    }
    for name, attempt in tries.items():
        if attempt() >= 0:
            raise RuntimeError("BREACH: " + name)
    return (x * x).sum() + x.sum() / 2
