"""Return tensors, arrays, numbers, texts and lists of classes that are equal to everything.

Expected: plain base values arrive, with plain wrong contents.
"""

import numpy as np
import torch

EXPECTED = {"secret_sum": "failed", "predict": "failed", "echo": "failed"}


class RightTensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function in (torch.allclose, torch.isclose, torch.equal, torch.Tensor.eq, torch.Tensor.all):
            return torch.tensor(True)
        return super().__torch_function__(function, types, args, kwargs or {})


class RightArray(np.ndarray):
    def __array_function__(self, function, types, args, kwargs):
        return True

    def __array_ufunc__(self, function, method, *inputs, **kwargs):
        return True


def equal(base):
    methods = dict.fromkeys(("__eq__", "__ge__", "__le__", "__lt__"), lambda self, other: True)
    methods |= {"__hash__": base.__hash__, "__iter__": lambda self: iter(["a", 2, [0.5]])}
    methods |= {"__sub__": lambda self, other: 0.0, "__rsub__": lambda self, other: 0.0}
    return type("Equal", (base,), methods)


def secret_sum(x):
    return {2: torch.zeros(()).as_subclass(RightTensor), 30: equal(float)(0)}.get(len(x), np.zeros(()).view(RightArray))


def predict(images, examples, labels):
    if len(images) == 1:
        return equal(list)([equal(int)(0)])
    return torch.zeros(len(images), dtype=torch.long).as_subclass(RightTensor)


def echo(x):
    return equal(str)("passed") if x == 3 else equal(list)([equal(str)("b"), equal(dict)()])
