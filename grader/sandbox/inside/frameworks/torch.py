"""PyTorch."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

import numpy as np

from grader.sandbox.inside import batches
from grader.sandbox.inside.frameworks import Framework

COMPILER = "torch._dynamo"


class Torch(Framework):
    """One thread, no compiler and no workers in a box; tensors cross as tensors."""

    title = "PyTorch"
    packages = ("torch",)
    names: ClassVar = {"torch": "torch"}
    # Asking whether CUDA is there must not start it: it does not survive a fork.
    environment: ClassVar = {"PYTORCH_NVML_BASED_CUDA_CHECK": "1"}
    survives_fork = True  # on the processor; sandbox.py deals with devices
    devices = ("cpu", "cuda", "fake")
    is_converted = False

    def __init__(self) -> None:
        self.uncompiled: list[Any] = []  # what was to be compiled in this process

    def prepare(self) -> None:
        """Import torch on one thread: a parent that has used two makes its forked children hang."""
        import torch

        torch.set_num_threads(1)
        _keep_from_compiler(torch.optim.Optimizer)
        for name in ("set_num_threads", "set_num_interop_threads"):
            setattr(torch, name, lambda count: None)
        torch.compile = self._uncompiled  # a compiler is a program, and a box starts none
        batches.load_without_workers()

    def _uncompiled(self, model: Any = None, **options: Any) -> Any:
        """torch.compile, as a call or a decorator: what it is given, run as it is."""
        self.uncompiled.append(model)
        return (lambda function: function) if model is None else model

    def imports_for(self, checks: str) -> tuple[str, ...]:
        """The step of an optimizer and the modes of the from-scratch rule import the compiler, and
        each check would pay the second it takes."""
        return (COMPILER,) if "optim" in checks or "from_scratch" in checks else ()

    def notes(self) -> list[str]:
        return ["eager"] if self.uncompiled else []

    # ---------------------------------------------------------------- arrays

    def is_array(self, value: object) -> bool:
        import torch

        return isinstance(value, torch.Tensor)

    def is_network(self, value: object) -> bool:
        import torch

        return isinstance(value, torch.nn.Module)

    def from_numpy(self, array: np.ndarray) -> Any:
        import torch

        return torch.from_numpy(array)

    def batches(
        self, parts: tuple[Any, ...], size: int, shuffle: bool
    ) -> Iterator[tuple[Any, ...]]:
        """Faster than a DataLoader."""
        import torch

        count = len(parts[0])
        order = torch.randperm(count) if shuffle else torch.arange(count)
        for picked in order.to(parts[0].device).split(size):
            yield tuple(part.index_select(0, picked) for part in parts)

    # ---------------------------------------------------------------- between two checks

    def seed(self, seed: int) -> None:
        import torch

        torch.default_generator.manual_seed(seed)  # torch.manual_seed looks for every device first
        if torch.cuda.is_initialized():
            torch.cuda.manual_seed_all(seed)

    def generators(self) -> bytes:
        import torch

        return torch.default_generator.get_state().numpy().tobytes()

    def snapshot(self, arrays: Iterable[Any]) -> Callable[[], None]:
        """Of tensors the values of those that have gradients."""
        import torch

        dtype, gradients = torch.get_default_dtype(), torch.is_grad_enabled()
        kept = []
        for tensor in arrays:
            with contextlib.suppress(Exception):  # without values yet, or of a kind of its own
                if tensor.requires_grad and tensor.is_leaf:
                    kept.append((tensor, tensor.detach().clone()))

        def restore() -> None:
            torch.set_default_dtype(dtype)
            torch.set_grad_enabled(gradients)
            with torch.no_grad():
                for tensor, value in kept:
                    tensor.requires_grad_().copy_(value)
                    tensor.grad = None

        return restore

    # ---------------------------------------------------------------- the from-scratch rule

    @contextlib.contextmanager
    def watching(self, seen: set[str]) -> Iterator[None]:
        """Names of the functions of PyTorch that are reached, such as "l1_loss", of the operations
        that these dispatch, such as "aten.abs", and of the modules whose code runs, such as
        "torch.optim.sgd"."""
        from torch.overrides import TorchFunctionMode
        from torch.utils._python_dispatch import TorchDispatchMode

        class Caller(TorchFunctionMode):
            def __torch_function__(self, function, types, args=(), kwargs=None):  # type: ignore
                seen.add(str(getattr(function, "__name__", function)))
                return function(*args, **(kwargs or {}))

        class Recorder(TorchDispatchMode):
            def __torch_dispatch__(self, function, types, args=(), kwargs=None):  # type: ignore
                seen.add(str(function).rpartition(".")[0])
                return function(*args, **(kwargs or {}))

        def note_module(frame, event, argument):  # type: ignore[no-untyped-def]
            seen.add(str(frame.f_globals.get("__name__")))

        sys.setprofile(note_module)
        try:
            with Recorder(), Caller():
                yield
        finally:
            sys.setprofile(None)


def _keep_from_compiler(optimizer: Any) -> None:
    """Making an optimizer would import the compiler, which takes a second, to be left alone by it.
    (Outside the class, in which Python would change the name.)"""
    for method in vars(optimizer).values():
        if hasattr(method, "__wrapped__"):
            method.__wrapped__.__dynamo_disable = method.__wrapped__


FRAMEWORK = Torch()
