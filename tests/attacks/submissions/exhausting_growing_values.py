"""Return values that are small on the way and large when they are compared: bytes that become
doubles, views of one number.

Expected: the check fails; the grader's memory does not grow by gigabytes.
"""

import torch

EXPECTED = {"secret_sum": "failed or error", "predict": "failed or error", "echo": "failed or error"}


def secret_sum(x):
    return [torch.zeros(60 << 20, dtype=torch.uint8)] * (2 if len(x) == 2 else 1)


def predict(images, examples, labels):
    return torch.zeros(()).expand(1 << 40)


def echo(x):
    return [[[0] * 300] * 300]
