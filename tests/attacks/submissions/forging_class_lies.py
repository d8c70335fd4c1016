"""Return objects that say they are tensors, bools, strings, and have the attributes of them.

Expected: an error or a wrong value; the worker cannot be made to send what is no message.
"""

import torch

EXPECTED = {"secret_sum": "failed or error", "predict": "failed or error", "echo": "failed or error"}


class Liar:
    def __init__(self, kind):
        self.kind = kind

    @property
    def __class__(self):
        return self.kind

    dtype, layout, shape, requires_grad = "torch.float32", torch.strided, ["many", None], "perhaps"

    def __getattr__(self, name):
        return lambda *args: self

    def __array__(self, *args):
        raise SystemExit


def secret_sum(x):
    return Liar(torch.Tensor)


def predict(images, examples, labels):
    return Liar(int) if len(images) == 1 else Liar(list)


def echo(x):
    return Liar(str) if x == 3 else Liar(dict)
