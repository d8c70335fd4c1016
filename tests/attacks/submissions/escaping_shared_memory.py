"""Meet neighbours in System V memory, semaphores and queues, and in POSIX queues.

Expected: each is refused.
"""

import ctypes

EXPECTED = {"echo": "passed"}
CREATE = 0o1666


def echo(x):
    libc = ctypes.CDLL(None, use_errno=True)
    tries = {
        "shmget": lambda: libc.shmget(0x7661756C, 4096, CREATE),
        "semget": lambda: libc.semget(0x7661756C, 1, CREATE),
        "msgget": lambda: libc.msgget(0x7661756C, CREATE),
        "mq_open": lambda: ctypes.CDLL("librt.so.1").mq_open(b"/vault-note", 0o102, 0o666, None),
    }
    for name, attempt in tries.items():
        if attempt() >= 0:
            raise RuntimeError("BREACH: " + name)
    return x
