"""Make namespaces, or enter others': unshare, setns, clone.

Expected: each is refused.
"""

import ctypes
import os

EXPECTED = {"echo": "passed"}
USER, MOUNT, PROCESS, NETWORK = 0x10000000, 0x20000, 0x20000000, 0x40000000
CLONE = 56 if os.uname().machine == "x86_64" else 220


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
