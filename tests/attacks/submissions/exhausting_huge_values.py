"""Return a tensor of 2 GB, a list of ten million entries, a text of 500 MB.

Expected: an error that names the limit.
"""

import torch

EXPECTED = {"secret_sum": "error", "predict": "error", "echo": "error"}


def secret_sum(x):
    return torch.empty(1 << 29)


def predict(images, examples, labels):
    return [0] * 10_000_000


def echo(x):
    return "x" * (500 << 20)
