"""How a box imports large packages: what is seldom used late, and a torchvision that does not fit.

The parts of torchvision for models and detection pull in PyTorch's compiler, which takes a second,
and a file that loads a data set does not need them; what draws is mostly left out. So these are
imported when they are first used.

A torchvision built for another torch cannot register its operators, and its import ends there;
since data sets and transforms need none of them, it is then imported once more with their schemas
defined. Never before that: a torchvision that fits defines them itself, and ends the process at a
second definition.
"""

from __future__ import annotations

import contextlib
import importlib.util
import sys
import types
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from typing import Any

LATE = ("torchvision.models", "torchvision.ops", "matplotlib.pyplot")
OPERATORS = ("nms", "qnms")  # those that torchvision describes in Python while it is imported


def install() -> None:
    """From now on packages are imported as this module says."""
    sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if fullname != "torchvision" and fullname not in LATE:
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec is None or not isinstance(spec.loader, SourceFileLoader):
            return spec
        if fullname in LATE:
            spec.loader = importlib.util.LazyLoader(spec.loader)
        else:
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


class _Loader(SourceFileLoader):
    def exec_module(self, module: types.ModuleType) -> None:
        try:
            super().exec_module(module)
        except (RuntimeError, OSError):
            for name in [name for name in sys.modules if name.startswith("torchvision.")]:
                del sys.modules[name]
            _define_operators()
            super().exec_module(module)


def _define_operators() -> None:
    import torch

    for name in OPERATORS:
        with contextlib.suppress(RuntimeError):  # the part that did load has defined it
            torch.library.define(
                f"torchvision::{name}",
                "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
            )
