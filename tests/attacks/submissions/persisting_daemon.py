"""Leave a daemon behind: forked twice, in a session of its own, every signal ignored, nothing open.

Expected: echo works; the daemon ends with the box.
"""

import os
import signal
import time

EXPECTED = {"echo": "passed"}


def echo(x):
    if os.fork() == 0:
        try:
            os.setsid()
        except OSError:
            os.setpgid(0, 0)
        if os.fork() == 0:
            for number in range(1, 65):
                try:
                    signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError):
                    pass
            os.closerange(0, 512)
            time.sleep(600)
        os._exit(0)
    return x
