"""Start threads without end.

Expected: the box's limit stops it.
"""

import threading
import time

EXPECTED = {"echo": "timeout or error", "secret_sum": "passed"}


def echo(x):
    while isinstance(x, list):
        try:
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        except RuntimeError:
            time.sleep(60)
    return x


def secret_sum(x):
    return (x * x).sum() + x.sum() / 2
