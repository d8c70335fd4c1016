"""What a training gives while it runs, told to whoever watches. It decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from grader.checking.results import Curve

Watcher = Callable[[str, Curve], None]  # told the name of a check, and its curve until now

_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched_by(watcher: Watcher | None) -> Iterator[None]:
    """Tell this one meanwhile; None: nobody."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def tell(check: str, curves: Iterable[Curve]) -> None:
    """Tell what the curves of a check are until now."""
    watcher = _watcher.get()
    if watcher is not None:
        for curve in curves:
            watcher(check, curve)
