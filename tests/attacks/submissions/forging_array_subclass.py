"""Return a numpy array whose class answers every numpy function with True.

Expected: a plain array arrives.
"""

import numpy as np

EXPECTED = {"secret_sum": "failed", "predict": "failed", "echo": "failed"}


class Right(np.ndarray):
    def __array_function__(self, function, types, args, kwargs):
        return True

    def __array_ufunc__(self, function, method, *inputs, **kwargs):
        return True


def secret_sum(x):
    return np.zeros(()).view(Right)


def predict(images, examples, labels):
    return np.zeros(len(images)).view(Right)


def echo(x):
    return np.zeros(3).view(Right)
