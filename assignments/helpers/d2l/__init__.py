"""A small stand-in for the package d2l that course files import: its part for PyTorch."""

from typing import Any

from d2l import torch

OTHERS = ("jax", "mxnet", "paddle", "tensorflow")
__all__ = [name for name in vars(torch) if name != "torch" and not name.startswith("_")]


def __getattr__(name: str) -> Any:
    """Let `import d2l` and `from d2l import sgd` have what is in d2l.torch."""
    if name in OTHERS:
        sentence = f"the course's d2l here is the one for PyTorch, it has no `{name}`"
        raise ModuleNotFoundError(sentence, name=f"d2l.{name}")
    return getattr(torch, name)
