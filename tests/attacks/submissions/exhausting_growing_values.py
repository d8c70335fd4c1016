"""Return values that are small on the way and large when they are compared: bytes that become
doubles, many lists.

Expected: the check fails, in time, and the grader's memory does not grow by gigabytes.
"""

import torch

EXPECTED = {"secret_sum": "failed or error or timeout", "echo": "failed or error"}


def secret_sum(x):
    if len(x) == 30:
        return [torch.zeros(40 << 20, dtype=torch.uint8), torch.zeros(40 << 20, dtype=torch.uint8)]
    return [[0] * 300] * 300


def echo(x):
    return [[[0] * 300] * 300]
