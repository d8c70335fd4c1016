"""Kill every process that can be reached, the worker's parents included.

Expected: the box dies and is made again for the other checks; nothing outside is hit.
"""

import os
import signal

EXPECTED = {"echo": "error", "secret_sum": "passed"}


def echo(x):
    if isinstance(x, list):
        for pid in (os.getppid(), 1, *range(2, 3000)):
            if pid != os.getpid():
                try:
                    os.kill(pid, signal.SIGKILL)
                except OSError:
                    pass
        os.kill(-1, signal.SIGKILL)
        os._exit(0)
    return x


def secret_sum(x):
    return (x * x).sum() + x.sum() / 2
