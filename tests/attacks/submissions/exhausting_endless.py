"""Never answer: a loop in Python with every signal ignored, a loop in C code, a sleep.

Expected: a time-out of each stub, after seconds.
"""

import signal
import time

EXPECTED = {"secret_sum": "timeout", "predict": "timeout", "echo": "timeout"}


def secret_sum(x):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while len(x) == 30:
        pass
    return (x * x).sum() + x.sum() / 2


def predict(images, examples, labels):
    return sum(range(10**15)) if len(images) > 1 else [7]


def echo(x):
    if isinstance(x, list):
        time.sleep(1e9)
    return x
