"""Leave daemons behind: forked twice, in sessions of their own, every signal ignored; some hold
nothing open, others the output and the socket, and print on.

Expected: echo works; the daemons end with the box, and nobody waits for them.
"""

import os
import signal
import time

EXPECTED = {"echo": "passed"}


def daemon(work):
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
            work()
            time.sleep(600)
        os._exit(0)


def talk():
    for _ in range(200):
        os.write(1, b"still here\n" * 1000)
        time.sleep(0.05)


def echo(x):
    daemon(lambda: os.closerange(0, 512))
    daemon(talk)
    return x
