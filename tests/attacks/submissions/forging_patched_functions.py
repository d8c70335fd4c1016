"""Replace the comparisons of torch and numpy, builtins, time and random.

Expected: they are replaced in here only, where nothing is compared.
"""

import builtins
import math
import random
import time

import numpy as np
import torch

EXPECTED = {"secret_sum": "failed or error", "echo": "failed or error or timeout"}


def yes(*args, **kwargs):
    return True


def secret_sum(x):
    for name in ("allclose", "isclose", "equal", "eq", "all"):
        setattr(torch, name, yes)
        setattr(np, name, yes)
    for name in ("__eq__", "eq", "all", "allclose", "__bool__"):
        setattr(torch.Tensor, name, yes)
    torch.testing.assert_close = math.isclose = yes
    return 0.0


def echo(x):
    time.monotonic = time.time = lambda: 0.0
    random.random = lambda: 0.5
    builtins.isinstance = builtins.all = builtins.any = yes
    return None
