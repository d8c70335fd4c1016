"""Stop the loaded process in a thread, shortly after it was loaded.

Expected: errors of this submission, not a failure of the grader.
"""

import os
import signal
import threading
import time

EXPECTED = {"echo": "error or timeout or passed"}


def stop():
    time.sleep(0.15)
    os.kill(os.getpid(), signal.SIGSTOP)


THREAD = threading.Thread(target=stop, daemon=True)
STARTED = THREAD.start()


def echo(x):
    return x
