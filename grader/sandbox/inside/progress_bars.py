"""A stand-in for tqdm where it is not installed: it iterates, and draws nothing."""

from __future__ import annotations

import importlib.util
import types
from collections.abc import Iterable, Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Any

PACKAGE = "tqdm"


class Bar:
    """What ``tqdm(iterable)`` gives: the iterable, and methods that do nothing."""

    def __init__(self, iterable: Iterable[Any] = (), *args: Any, **kwargs: Any) -> None:
        self.iterable = iterable
        self.n = 0

    def __iter__(self) -> Iterator[Any]:
        return iter(self.iterable)

    def __len__(self) -> int:
        return len(self.iterable)  # type: ignore[arg-type]

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: None

    @staticmethod
    def write(text: str, *args: Any, **kwargs: Any) -> None:
        """Print as tqdm does, beside its bars."""
        print(text)


def bar_of_range(*args: int, **kwargs: Any) -> Bar:
    """What ``trange(n)`` gives."""
    return Bar(range(*args))


class Finder(MetaPathFinder, Loader):
    """Finds tqdm and all its modules; asked last, where the package itself is not installed."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if fullname.partition(".")[0] != PACKAGE:
            return None
        return importlib.util.spec_from_loader(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        bars = ("tqdm", "tqdm_notebook", "tqdm_gui", "auto_tqdm")
        ranges = ("trange", "tnrange")
        vars(module).update(dict.fromkeys(bars, Bar) | dict.fromkeys(ranges, bar_of_range))
