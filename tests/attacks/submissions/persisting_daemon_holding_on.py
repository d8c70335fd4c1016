"""Leave daemons that hold the output pipe and the socket open, and print on.

Expected: the grader does not wait for them.
"""

import os
import time

EXPECTED = {"echo": "passed"}


def echo(x):
    for _ in range(3):
        if os.fork() == 0:
            os.setpgid(0, 0)
            if os.fork() == 0:
                for _ in range(200):
                    os.write(1, b"still here\n" * 1000)
                    time.sleep(0.05)
            os._exit(0)
    return x
