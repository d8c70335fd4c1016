"""Return what comparisons may overlook: nan, infinity, nothing, no dimension, complex, bool.

Expected: wrong is wrong.
"""

import torch

EXPECTED = {"secret_sum": "failed or error", "predict": "failed or error", "echo": "failed or error"}


def secret_sum(x):
    return {2: float("nan"), 30: torch.tensor([float("inf")])}.get(len(x), torch.empty(0))


def predict(images, examples, labels):
    return torch.empty(1, 0) if len(images) == 1 else torch.tensor(float("nan"))


def echo(x):
    return 3 + 0j if x == 3 else []
