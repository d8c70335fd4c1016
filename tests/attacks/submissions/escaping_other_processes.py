"""Attach to other processes: ptrace, process_vm_readv, pidfd_getfd; raise limits and priorities.

Expected: each is refused.
"""

import ctypes
import os
import resource

EXPECTED = {"echo": "passed", "secret_sum": "passed"}
ATTACH, SEIZE, TRACE_ME = 16, 0x4206, 0


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
    if libc.ptrace(TRACE_ME, 0, None, None) == 0:
        raise RuntimeError("BREACH: traced by the parent")
    return x


def secret_sum(x):
    for names in (("AS", "DATA"), ("CPU",), ("FSIZE",), ("NOFILE",), ("NPROC",), ("CORE",)):
        kinds = [getattr(resource, "RLIMIT_" + name) for name in names]  # on CUDA it is DATA
        limited = [kind for kind in kinds if resource.getrlimit(kind)[1] != resource.RLIM_INFINITY]
        if not limited:
            raise RuntimeError(f"BREACH: no limit {names}")
        for kind in limited:
            try:
                resource.setrlimit(kind, (resource.RLIM_INFINITY,) * 2)
            except (OSError, ValueError):
                continue
            raise RuntimeError(f"BREACH: raised {names}")
    for change in (
        lambda: os.setpriority(os.PRIO_PROCESS, 0, -10),
        lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)),
    ):
        try:
            change()
        except OSError:
            continue
        raise RuntimeError("BREACH: a priority")
    return (x * x).sum() + x.sum() / 2
