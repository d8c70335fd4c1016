"""A stand-in for what watches a training: `grader.monitor`, Visdom and the writers of TensorBoard.
In a box nobody watches, so whatever is called does nothing and costs no time, whether or not the
packages are installed."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
import types
from collections.abc import Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Any

PACKAGES = ("grader.monitor", "visdom", "torch.utils.tensorboard", "tensorboardX")
BELOW = tuple(f"{package}." for package in PACKAGES)


class Nothing:
    """Takes every call, gives itself for every attribute, and is a context manager."""

    def __init__(self, *args: Any, **options: Any) -> None:
        pass

    def __call__(self, *args: Any, **options: Any) -> Nothing:
        return self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __enter__(self) -> Nothing:
        return self

    def __exit__(self, *error: object) -> None:
        pass


NOTHING = Nothing()


class Finder(MetaPathFinder, Loader):
    """Finds these packages and all their modules; asked before the packages themselves."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if not _is_one(fullname):
            return None
        return importlib.util.spec_from_loader(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        module.__getattr__ = NOTHING.__getattr__  # type: ignore[method-assign]


@contextlib.contextmanager
def real_ones_aside() -> Iterator[None]:
    """Meanwhile the real packages are not there, and afterwards the stand-ins are not."""
    real = _taken_out()
    try:
        yield
    finally:
        _taken_out()
        for name, module in real.items():
            sys.modules[name] = module
            parent, _, child = name.rpartition(".")
            if parent:
                setattr(sys.modules[parent], child, module)


def _taken_out() -> dict[str, types.ModuleType]:
    """Their modules by name, no longer imported."""
    found = {name: sys.modules.pop(name) for name in sorted(filter(_is_one, sys.modules))}
    for name in found:
        parent, _, child = name.rpartition(".")
        vars(sys.modules.get(parent, types)).pop(child, None)
    return found


def _is_one(name: str) -> bool:
    return name in PACKAGES or name.startswith(BELOW)  # of thousands, at each load of a reference
