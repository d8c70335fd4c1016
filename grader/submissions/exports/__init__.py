"""How learning platforms hand out what was handed in: each module of this folder reads one way.

A module has ``read(folder, assignment) -> Export | None``, which is None where the folder is of
another kind, and ``LOOKS_LIKE``, which says what it looks for. It reads names and, where the
platform writes them, small files of its own; of what people handed in it reads nothing. ``plain``
takes what no platform has made.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from grader.errors import UsageError

PLAIN = "plain"


def names() -> list[str]:
    """The readers that there are; none of them is imported."""
    return sorted(module.name for module in iter_modules(__path__))


def reader_of(name: str) -> ModuleType:
    """The reader of a name. Raises UsageError."""
    if name not in names():
        raise UsageError(f"There is no reader {name} of exports. There are: {', '.join(names())}.")
    return import_module(f"{__name__}.{name}")
