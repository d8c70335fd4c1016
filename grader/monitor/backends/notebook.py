"""Curves and images below the cell of a notebook that is running, drawn again in place."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from IPython.core.getipython import get_ipython
from IPython.display import SVG, Pretty, display

from grader.monitor import figures
from grader.monitor.backend import Axes, Backend, Point, Window
from grader.monitor.pictures import Pictures

PAUSE_SECONDS = 0.5  # at least between two drawings
PAUSE_FACTOR = 20  # and this many times what the last one took: 5 % of a training at most


def backend(place: str) -> Notebook:
    """In any IPython; place: nothing."""
    return Notebook()


class Notebook(Backend):
    """Draws on the thread of the training, but seldom, and when a cell ends."""

    def __init__(self) -> None:
        self._windows: dict[str, Window] = defaultdict(Window)
        self._changed: dict[str, None] = {}  # windows whose curves were not drawn yet, in order
        self._displays: dict[tuple[str, str], Any] = {}  # by cell and window
        self._next = 0.0  # not before this moment is anything drawn
        self._shell = get_ipython()
        if self._shell is not None:
            self._shell.events.register("post_run_cell", self._end_cell)

    def axes(self, window: str, axes: Axes) -> None:
        self._windows[window].axes = axes

    def points(self, points: Sequence[Point]) -> None:
        for point in points:
            self._windows[point.window].add(point)
            self._changed[point.window] = None
        if time.monotonic() >= self._next:
            self._draw()

    def images(self, window: str, pictures: Pictures) -> None:
        self._show(window, SVG(figures.as_svg(figures.grid(pictures))))

    def text(self, window: str, text: str) -> None:
        self._show(window, Pretty(f"{window}: {text}"))

    def close(self) -> None:
        self._draw()
        if self._shell is not None:
            self._shell.events.unregister("post_run_cell", self._end_cell)

    def _draw(self) -> None:
        """Draw the windows with new points."""
        started = time.monotonic()
        for name in self._changed:
            self._show(name, SVG(figures.as_svg(figures.lines(self._windows[name]))))
        self._changed.clear()
        ended = time.monotonic()
        self._next = ended + max(PAUSE_SECONDS, PAUSE_FACTOR * (ended - started))

    def _show(self, window: str, picture: object) -> None:
        """In the place where the cell that is running has shown this window, or at its end."""
        cell = str(getattr(self._shell, "execution_count", ""))
        known = self._displays.get((cell, window))
        if known is None:
            self._displays[cell, window] = display(picture, display_id=True)
        else:
            known.update(picture)

    def _end_cell(self, *_result: object) -> None:
        self._draw()
        self._next = 0.0
