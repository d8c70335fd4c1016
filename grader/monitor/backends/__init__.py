"""The backends: each module of this folder is one, with ``backend(place) -> Backend``.

place: what stands behind the colon of its name, "run.csv" of "csv:run.csv"; "" where there is none.
It raises Unavailable where the backend cannot be used.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from grader.errors import UsageError
from grader.i18n.words import _
from grader.monitor.backend import Backend


def names() -> list[str]:
    """Those that there are; none of them is imported."""
    return sorted(module.name for module in iter_modules(__path__))


def kind_of(name: str) -> str:
    """The backend that "csv:run.csv" names. Raises UsageError where there is none."""
    kind = name.partition(":")[0]
    if kind not in names():
        text = _("There is no backend {kind!r} of the monitor; choose one of {names}.")
        raise UsageError(text.format(kind=kind, names=", ".join(names())))
    return kind


def backend_of(name: str) -> Backend:
    """The backend of "csv:run.csv". Raises UsageError where there is none of this name, and
    Unavailable where it cannot be used."""
    module = import_module(f"{__name__}.{kind_of(name)}")
    found: Backend = module.backend(name.partition(":")[2])
    return found
