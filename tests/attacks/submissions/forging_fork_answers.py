"""Answer the requests to fork in a thread of the loaded process, with wrong process numbers.

Expected: the box is made again, or the checks fail; the grader kills nothing by these numbers.
"""

import os
import stat
import struct
import threading
import time

import msgspec

EXPECTED = {"secret_sum": "missing or error or timeout", "predict": "missing or error or timeout", "echo": "passed or error or timeout or missing"}


def lie():
    end = time.monotonic() + 1.5
    for number in range(2, 400):
        frame = msgspec.msgpack.encode(["value", number, (1, -1, 0, True, 2**63)[number % 5], []])
        for fd in range(3, 64):
            try:
                if stat.S_ISSOCK(os.fstat(fd).st_mode):
                    os.write(fd, struct.pack(">I", len(frame)) + frame)
            except OSError:
                pass
        time.sleep(0.01)
        if time.monotonic() > end:
            return


THREAD = threading.Thread(target=lie, daemon=True)
STARTED = THREAD.start()


def echo(x):
    return x


echo.needs = STARTED  # so that it is run
