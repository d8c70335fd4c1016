"""Send two hundred descriptors along with bytes of an answer, to fill the grader's table.

Expected: they are thrown away; a right answer counts.
"""

import os
import socket
import stat

EXPECTED = {"secret_sum": "error or failed", "echo": "passed"}


def send(data):
    for fd in range(64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                end = socket.socket(fileno=os.dup(fd))
                socket.send_fds(end, [data], [1] * 200)
        except OSError:
            pass


def secret_sum(x):
    for _ in range(10):
        send(b"\0\0\0\1")
    return 0.0


def echo(x):
    return x
