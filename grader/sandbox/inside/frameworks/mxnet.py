"""MXNet 1.9, its last release."""

from __future__ import annotations

import contextlib
import functools
import inspect
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

import numpy as np

from grader.sandbox.inside.frameworks import Framework

# MXNet asks for it when it is imported; numpy 1.24 took it away, and numpy 2 brought it back.
vars(np).setdefault("bool", np.bool_)

DTYPES = ("float16", "float32", "float64", "uint8", "int8", "int32", "int64", "bool")


class MXNet(Framework):
    """In a box it computes in the thread that asks, and so starts no other: nothing is lost by a
    fork, and an error is raised where it was made."""

    title = "MXNet"
    packages = ("mxnet",)
    extra = "mxnet"
    place = "in an environment of its own, with Python 3.10 to 3.12 on Linux (x86_64)"
    names: ClassVar = {
        "mx": "mxnet",
        "np": "mxnet.numpy",
        "npx": "mxnet.numpy_extension",
        "gluon": "mxnet.gluon",
        "autograd": "mxnet.autograd",
    }
    survives_fork = True

    def prepare(self) -> None:
        """Start the engine, which says so where an error would be looked for."""
        os.environ["MXNET_ENGINE_TYPE"] = "NaiveEngine"
        super().prepare()
        from mxnet import np as arrays
        from mxnet import npx

        npx.set_np()
        with _unheard():
            arrays.zeros(1).wait_to_read()
        _load_without_workers()

    # ---------------------------------------------------------------- arrays

    def is_array(self, value: object) -> bool:
        """Those of mxnet.np and of the older mxnet.nd."""
        import mxnet

        return isinstance(value, mxnet.nd.NDArray)

    def is_network(self, value: object) -> bool:
        from mxnet import gluon

        return isinstance(value, (gluon.Block, gluon.Parameter, gluon.ParameterDict))

    def to_numpy(self, array: Any) -> np.ndarray:
        """A dense one, of a sparse array too."""
        numbers: np.ndarray = array.asnumpy()
        return numbers

    def from_numpy(self, array: np.ndarray) -> Any:
        """Integers of a type that MXNet lacks become int64."""
        from mxnet import np as arrays

        dtype = str(array.dtype)
        return arrays.array(array, dtype=dtype if dtype in DTYPES else "int64")

    def batches(
        self, parts: tuple[Any, ...], size: int, shuffle: bool
    ) -> Iterator[tuple[Any, ...]]:
        count = len(parts[0])
        order = np.random.permutation(count) if shuffle else np.arange(count)
        for start in range(0, count, size):
            picked = self.from_numpy(order[start : start + size])
            yield tuple(part.take(picked, axis=0) for part in parts)

    # ---------------------------------------------------------------- between two checks

    def seed(self, seed: int) -> None:
        import mxnet

        mxnet.random.seed(seed)  # that of mxnet.npx.random, too

    def snapshot(self, arrays: Iterable[Any]) -> Callable[[], None]:
        """Of arrays the values of those that have gradients; whether they behave as numpy's, and
        what is recorded."""
        from mxnet import autograd, npx

        shape, array = npx.is_np_shape(), npx.is_np_array()
        kept = []
        for each in arrays:
            with contextlib.suppress(Exception):  # of a kind that has no gradients
                if each.grad is not None:
                    kept.append((each, each.copy()))

        def restore() -> None:
            npx.set_np(shape=shape, array=array)
            autograd.set_recording(False)
            autograd.set_training(False)
            for each, value in kept:
                each[:] = value
                each.grad[:] = 0

        return restore


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """Meanwhile, what C++ prints as an error is dropped."""
    sys.stderr.flush()
    kept, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)


def _load_without_workers() -> None:
    """From now on no DataLoader starts workers, which a box may not have: the batches are the
    same."""
    from mxnet.gluon.data import DataLoader

    original = DataLoader.__init__
    signature = inspect.signature(original)

    @functools.wraps(original)
    def make(*arguments: Any, **named: Any) -> None:
        bound = signature.bind(*arguments, **named)
        bound.arguments["num_workers"] = 0
        original(*bound.args, **bound.kwargs)

    setattr(DataLoader, "__init__", make)  # noqa: B010 (a type checker refuses the assignment)


FRAMEWORK = MXNet()
