"""Return objects that are equal to everything, and objects that say they are tensors, bools, texts.

Expected: an object of the box stays in the box, or cannot be sent; a check gets no number from it.
"""

import torch

EXPECTED = {"secret_sum": "failed or error", "predict": "failed or error", "echo": "failed or error"}


class Right:
    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0

    __rsub__ = __abs__ = __float__ = __len__ = __sub__

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return True


class Liar:
    def __init__(self, kind):
        self.kind = kind

    @property
    def __class__(self):
        return self.kind

    dtype, layout, shape, requires_grad = "torch.float32", torch.strided, ["many", None], "perhaps"

    def __getattr__(self, name):
        return lambda *args: self


def secret_sum(x):
    return {2: Right(), 30: Liar(torch.Tensor)}.get(len(x), Liar(bool))


def predict(images, examples, labels):
    return Liar(int) if len(images) == 1 else Liar(list)


def echo(x):
    return Liar(str) if x == 3 else [Right(), Right(), Right()]
