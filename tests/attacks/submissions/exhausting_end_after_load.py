"""End the loaded process in a thread, shortly after it was loaded, every time.

Expected: errors of this submission, not a failure of the grader.
"""

import os
import threading
import time

EXPECTED = {"secret_sum": "missing or error or timeout", "predict": "missing or error or timeout", "echo": "passed or error or timeout or missing"}


def end():
    time.sleep(0.15)
    os._exit(0)


THREAD = threading.Thread(target=end, daemon=True)
STARTED = THREAD.start()


def echo(x):
    return x


echo.needs = STARTED  # so that it is run
