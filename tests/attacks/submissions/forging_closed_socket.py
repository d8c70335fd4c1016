"""Close the socket, half of it, or replace it by /dev/null, and go on living.

Expected: an error of the check; the process is ended all the same.
"""

import os
import socket
import stat
import time

EXPECTED = {"secret_sum": "error", "predict": "error", "echo": "timeout or error"}


def sockets():
    for fd in range(64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                yield fd
        except OSError:
            pass


def secret_sum(x):
    for fd in sockets():
        os.close(fd)
    time.sleep(60)


def predict(images, examples, labels):
    for fd in sockets():
        socket.socket(fileno=os.dup(fd)).shutdown(socket.SHUT_WR)
    time.sleep(60)


def echo(x):
    null = os.open("/dev/null", os.O_RDWR)
    for fd in sockets():
        os.dup2(null, fd)
    return x
