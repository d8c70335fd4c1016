"""Attach to other processes: ptrace, process_vm_readv, pidfd_getfd, pidfd signals, their limits.

Expected: each is refused.
"""

import ctypes
import os
import resource
import signal

EXPECTED = {"echo": "passed"}
ATTACH, SEIZE = 16, 0x4206


def echo(x):
    libc = ctypes.CDLL(None, use_errno=True)
    for pid in (os.getppid(), 1, 2, os.getpid() - 1):
        for request in (ATTACH, SEIZE):
            if libc.ptrace(request, pid, None, None) == 0:
                raise RuntimeError(f"BREACH: ptrace of {pid}")
        buffer = ctypes.create_string_buffer(64)
        area = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 64)
        if libc.process_vm_readv(pid, area, 1, area, 1, 0) > 0:
            raise RuntimeError(f"BREACH: memory of {pid}")
        try:
            handle = os.pidfd_open(pid)
        except OSError:
            continue
        if libc.syscall(438, handle, 0, 0) >= 0:
            raise RuntimeError(f"BREACH: a descriptor of {pid}")
        os.close(handle)
    if libc.ptrace(0, 0, None, None) == 0:
        raise RuntimeError("BREACH: traced by the parent")
    try:
        resource.prlimit(1, resource.RLIMIT_NOFILE, (5, 5))
        signal.pidfd_send_signal(os.pidfd_open(1), 0)
    except OSError:
        return x
    raise RuntimeError("BREACH: process 1")
