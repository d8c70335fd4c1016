"""Raise the own limits and priorities, and those of others.

Expected: they can only be lowered.
"""

import os
import resource

EXPECTED = {"echo": "passed"}
NAMES = ("AS", "CPU", "FSIZE", "NOFILE", "NPROC", "CORE")


def echo(x):
    for name in NAMES:
        kind = getattr(resource, "RLIMIT_" + name)
        if resource.getrlimit(kind)[1] == resource.RLIM_INFINITY:
            raise RuntimeError("BREACH: no limit " + name)
        try:
            resource.setrlimit(kind, (resource.RLIM_INFINITY,) * 2)
        except (OSError, ValueError):
            continue
        raise RuntimeError("BREACH: raised " + name)
    for change in (
        lambda: os.setpriority(os.PRIO_PROCESS, 0, -10),
        lambda: os.setpriority(os.PRIO_PROCESS, 1, 19),
        lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)),
    ):
        try:
            change()
        except OSError:
            continue
        raise RuntimeError("BREACH: a priority")
    return x
