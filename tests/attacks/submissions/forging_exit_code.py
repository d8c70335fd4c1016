"""End the process with exit code 0 while a check waits: an old trick against exit-code graders.

Expected: an error for every stub.
"""

import os
import sys

EXPECTED = {"secret_sum": "error", "predict": "error", "echo": "error"}


def secret_sum(x):
    os._exit(0)


def predict(images, examples, labels):
    sys.exit(0)


def echo(x):
    raise SystemExit("passed")
