"""Stop the loaded process in a thread, shortly after it was loaded.

Expected: errors of this submission, not a failure of the grader.
"""

import os
import signal
import threading
import time

EXPECTED = {"secret_sum": "missing or error or timeout", "predict": "missing or error or timeout", "echo": "passed or error or timeout or missing"}


def stop():
    time.sleep(0.15)
    os.kill(os.getpid(), signal.SIGSTOP)


THREAD = threading.Thread(target=stop, daemon=True)
STARTED = THREAD.start()


def echo(x):
    return x


echo.needs = STARTED  # so that it is run
