"""Return a tensor subclass whose comparisons are always true.

Expected: a plain tensor arrives, with plain wrong values.
"""

import torch

EXPECTED = {"secret_sum": "failed", "predict": "failed", "echo": "failed or error"}


class Right(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function in (torch.allclose, torch.isclose, torch.equal, torch.Tensor.eq, torch.Tensor.all):
            return torch.tensor(True)
        return super().__torch_function__(function, types, args, kwargs or {})


def secret_sum(x):
    return torch.zeros(()).as_subclass(Right)


def predict(images, examples, labels):
    return torch.zeros(len(images), dtype=torch.long).as_subclass(Right)


def echo(x):
    return torch.zeros(3).as_subclass(Right)
