"""A small stand-in for the package d2l that course files import: its parts for PyTorch, JAX,
TensorFlow and MXNet."""

import importlib
from typing import Any

PARTS = ("jax", "mxnet", "tensorflow", "torch")
OTHERS = ("paddle",)


def __getattr__(name: str) -> Any:
    """Let `import d2l` and `from d2l import sgd` have what is in d2l.torch, which is imported when
    it is first asked for: a file for another one need not have PyTorch."""
    if name in OTHERS:
        own = "the course's d2l here is the one for PyTorch, JAX, TensorFlow and MXNet"
        raise ModuleNotFoundError(f"{own}, it has no `{name}`", name=f"d2l.{name}")
    if name in PARTS:
        return importlib.import_module(f"d2l.{name}")
    torch = importlib.import_module("d2l.torch")
    if name == "__all__":
        return [each for each in vars(torch) if each != "torch" and not each.startswith("_")]
    return getattr(torch, name)
