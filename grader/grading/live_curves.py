"""The curves of a run's trainings, passed on to a monitor while they run."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

from grader.checking.results import Curve
from grader.errors import UsageError
from grader.grading.records import Record
from grader.monitor import Monitor, backends
from grader.monitor.backend import Point


class LiveCurves:
    """Tells a monitor what is new of each curve: a window for each check and what it measures, a
    run for each submission. A training that is repeated is another line.

    names: of the submissions, by their positions.
    """

    def __init__(self, monitor: Monitor, names: Sequence[str]) -> None:
        self._monitor = monitor
        self._names = names
        self._known: dict[tuple[int, str], list[Curve]] = {}  # of each window, its attempts
        self._lock = threading.Lock()

    def tell(self, position: int, check: str, curve: Curve) -> None:
        """A curve as it is until now. May be called from any thread."""
        window = f"{check}: {curve.what}"
        with self._lock:
            attempts = self._known.setdefault((position, window), [])
            told = attempts.pop().values if attempts and _goes_on(curve, attempts[-1]) else []
            attempts.append(curve)
            line = "" if len(attempts) == 1 else f"attempt {len(attempts)}"
            bands = [*curve.band, *[None] * len(curve.values)]
            self._monitor.points(
                [
                    Point(window, line, epoch + 1, curve.values[epoch], self._names[position], band)
                    for epoch, band in enumerate(bands[: len(curve.values)])
                    if epoch >= len(told)
                ]
            )

    def end(self, position: int, record: Record) -> None:
        """A submission has its record: tell what of its curves was not told, and that it has ended.
        That is all of them where it was graded on another machine, or in an earlier run."""
        for check in record.checks:
            for curve in check.curves:
                self.tell(position, check.name, curve)
        with self._lock:
            self._known = {key: known for key, known in self._known.items() if key[0] != position}
            self._monitor.ended(self._names[position])


@contextmanager
def live_curves(
    wanted: Sequence[str], names: Sequence[str], console: Console
) -> Iterator[LiveCurves | None]:
    """The curves of submissions with these names, shown by the wanted backends; None: nobody wants
    them. console: where is said what does not work, and for the backend "terminal"."""
    if not wanted:
        yield None
        return
    from grader.monitor.backends.terminal import Terminal

    def say(text: str) -> None:
        console.print(Text.assemble(("note: ", "yellow"), text), soft_wrap=True)

    chosen = [Terminal(console, transient=True) if one == "terminal" else one for one in wanted]
    with Monitor(*chosen, say=say) as monitor:
        for where in monitor.where:
            console.print(Text(f"curves: {where}"), soft_wrap=True)
        yield LiveCurves(monitor, names)


def backend_names() -> list[str]:
    """The backends that can show the trainings of a run."""
    return [name for name in backends.names() if name != "notebook"]


def check_backends(wanted: Sequence[str]) -> None:
    """Raises UsageError for what --watch cannot have."""
    for name in wanted:
        kind, _colon, place = name.partition(":")
        if kind not in backend_names():
            raise UsageError(
                f"--watch has no {kind!r}; choose one of {', '.join(backend_names())}."
            )
        if kind in ("csv", "json") and not place:
            raise UsageError(f"--watch {kind} needs the name of a file: {kind}:curves.{kind}.")


def _goes_on(curve: Curve, earlier: Curve) -> bool:
    """Whether a curve is an earlier one, perhaps with more epochs."""
    return curve.values[: len(earlier.values)] == earlier.values
