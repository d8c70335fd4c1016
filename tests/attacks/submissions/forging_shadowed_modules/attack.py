"""Hand in modules with the names of the grader's own, of pytest, of the standard library.

Expected: nothing outside imports them; the stubs that use them get what they are.
"""

import pytest
import torch

EXPECTED = {"secret_sum": "failed or error", "echo": "passed"}


def secret_sum(x):
    return pytest.right()


def echo(x):
    return x
