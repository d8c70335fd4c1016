"""Return a tensor of 2 GB, ten million numbers, 500 MB of text, a hundred thousand nested lists, a
list that contains itself.

Expected: an error that names the limit, or the end of the call's time.
"""

import torch

EXPECTED = {
    "secret_sum": "error",
    "predict": "error or timeout",
    "echo": "error or timeout",
}


def secret_sum(x):
    if len(x) == 2:
        return torch.empty(1 << 29)
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return deep


def predict(images, examples, labels):
    return [0] * 10_000_000 if len(images) == 1 else torch.zeros(()).expand(1 << 40)


def echo(x):
    own = ["x" * (500 << 20)] if x == 3 else {}
    if x != 3:
        own[1] = (own, own)
    return own
