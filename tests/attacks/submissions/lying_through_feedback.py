"""Send the inputs of hidden checks, the seed and the time out through every text that is shown.

Expected: inputs may be seen, shortened; expected values and the checks' code are not among them.
"""

import inspect
import random

import torch

EXPECTED = {"secret_sum": "failed", "predict": "error", "echo": "failed"}


def secret_sum(x):
    print(x.tolist(), torch.initial_seed(), random.getstate()[1][:3])
    return x[:12] if len(x) < 30 else float(x[3])


def predict(images, examples, labels):
    stack = [f"{frame.filename} {frame.function} {frame.code_context}" for frame in inspect.stack()]
    raise ValueError("\n".join(stack) + str(images.sum()) + str(labels.tolist()))


def echo(x):
    return [repr(x) * 100] * 3
