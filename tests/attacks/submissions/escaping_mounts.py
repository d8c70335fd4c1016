"""Change the view of the file system: mount, umount, pivot_root, chroot, fsopen, open_tree, ...

Expected: each is refused.
"""

import ctypes

EXPECTED = {"echo": "passed"}
FSOPEN, OPEN_TREE, MOUNT_SETATTR, STATMOUNT, LISTMOUNT = 430, 428, 442, 457, 458
BIND, REMOUNT = 4096, 32


def echo(x):
    libc = ctypes.CDLL(None, use_errno=True)
    tries = {
        "tmpfs": lambda: libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None),
        "bind": lambda: libc.mount(b"/", b".", None, BIND, None),
        "remount": lambda: libc.mount(None, b"/", None, BIND | REMOUNT, None),
        "proc": lambda: libc.mount(b"proc", b"/tmp", b"proc", 0, None),
        "umount": lambda: libc.umount2(b"/tmp", 2),
        "pivot_root": lambda: libc.syscall(155, b".", b"."),
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
    return x
