"""A table on a terminal, each line of a window with its last value and a small curve; where there
is no terminal (a file, a pipe), lines of text."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence

from rich.console import Console, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from grader.i18n.words import _
from grader.monitor.backend import Axes, Backend, Curve, Point, Window
from grader.monitor.pictures import Pictures

BLOCKS, PLAIN = "▁▂▃▄▅▆▇█", "_.-~=*^#"  # from low to high; the second where the first cannot be
WIDTH = 24  # characters of a curve
LINE_SECONDS = 10.0  # between two lines of text about the steps of a window
ROWS = 12  # of a table: the last ones that have changed


def backend(place: str) -> Terminal:
    """Standard output; place: nothing."""
    return Terminal(Console(highlight=False, markup=False, emoji=False))


class Terminal(Backend):
    """Shows all windows together."""

    def __init__(self, console: Console, transient: bool = False) -> None:
        self._console = console
        self._windows: dict[str, Window] = defaultdict(Window)
        self._others: dict[str, str] = {}  # what is said of images and texts, by window
        self._next_line: dict[str, float] = {}  # by window
        self._runs: dict[str, dict[tuple[str, str], None]] = {}  # windows and labels, by run
        self._live: Live | None = None
        if console.is_terminal and not console.is_dumb_terminal:
            self._live = Live(
                get_renderable=self._table,
                console=console,
                refresh_per_second=4,
                transient=transient,
            )

    def axes(self, window: str, axes: Axes) -> None:
        self._windows[window].axes = axes

    def points(self, points: Sequence[Point]) -> None:
        for point in points:
            self._windows[point.window].add(point)
            if point.run:
                self._runs.setdefault(point.run, {})[point.window, point.label] = None
        for window in dict.fromkeys(point.window for point in points if not point.run):
            self._changed(window, self._values(self._windows[window].curves))
        if self._live is not None and not self._live.is_started:
            self._live.start()

    def images(self, window: str, pictures: Pictures) -> None:
        right = pictures.right
        text = _("{right} of {count} right") if right else _("{count} images")
        said = text.format(right=sum(right), count=len(pictures.images))
        self._others[window] = said
        self._changed(window, said)

    def text(self, window: str, text: str) -> None:
        said = printed(text, self._console)
        self._others[window] = said
        self._changed(window, said)

    def ended(self, run: str) -> None:
        """Its curves are no longer shown; where there is no terminal, a line says how they end."""
        for window, label in self._runs.pop(run, ()):
            curve = self._windows[window].curves.pop(label)
            if self._live is None:
                self._say(window, self._values({label: curve}))

    def close(self) -> None:
        if self._live is not None:
            self._live.stop()
        for window, when in self._next_line.items():
            if when and window in self._windows:  # what came after the last line
                self._say(window, self._values(self._windows[window].curves))

    def _changed(self, window: str, said: str) -> None:
        """Show it: on a terminal soon, elsewhere as a line; of steps not every one has a line."""
        if self._live is not None:
            if not self._live.is_started:
                self._live.start()
            return
        is_told = window == "epochs" or window in self._others
        now = time.monotonic()
        if is_told or now >= self._next_line.get(window, 0.0):
            self._say(window, said)
            self._next_line[window] = 0.0 if is_told else now + LINE_SECONDS

    def _say(self, window: str, said: str) -> None:
        self._console.print(Text(f"{printed(window, self._console)}: {said}"), soft_wrap=True)

    def _values(self, curves: Mapping[str, Curve]) -> str:
        """The last value of each line of a window."""
        step = max(curve.steps[-1] for curve in curves.values())
        values = ", ".join(f"{name} {_last(curve)}" for name, curve in curves.items())
        return printed(f"{step:g}: {values}", self._console)

    def _table(self) -> RenderableType:
        """What a terminal shows; asked by another thread."""
        table = Table.grid(padding=(0, 2))
        rows = [
            (
                name,
                label,
                f"{curve.steps[-1]:g}",
                _last(curve),
                drawn(curve, self._console),
            )
            for name, window in [*self._windows.items()]
            for label, curve in [*window.curves.items()]
        ]
        rows += [
            (name, said.split("\n")[0][:60], "", "", "") for name, said in [*self._others.items()]
        ]
        for row in rows[-ROWS:]:
            table.add_row(*(Text(printed(cell, self._console), no_wrap=True) for cell in row))
        return table


def _last(curve: Curve) -> str:
    """The last value, and from where to where it usually is."""
    usual = curve.usual.get(curve.steps[-1])
    said = (
        _(" (usual: {low:.4g} to {high:.4g})").format(low=usual[0], high=usual[1]) if usual else ""
    )
    return f"{curve.values[-1]:.4g}{said}"


def drawn(curve: Curve, console: Console) -> str:
    """A curve as one line of characters, higher ones for larger values."""
    values = [value for value in curve.values if math.isfinite(value)]
    count = min(len(values), WIDTH)
    shown = [values[i * len(values) // count] for i in range(count - 1)] + values[-1:]
    signs = BLOCKS if _prints(BLOCKS, console) else PLAIN
    low, high = min(shown, default=0.0), max(shown, default=0.0)
    step = (high - low) / (len(signs) - 1) or 1.0
    return "".join(signs[round((value - low) / step)] for value in shown)


def printed(text: str, console: Console) -> str:
    """The text without what steers a terminal or cannot be printed on it."""
    harmless = "".join(
        c if c.isprintable() or c in "\n " else "\N{REPLACEMENT CHARACTER}" for c in text
    )
    return harmless.encode(console.encoding, "replace").decode(console.encoding)


def _prints(text: str, console: Console) -> bool:
    try:
        text.encode(console.encoding)
    except UnicodeEncodeError:
        return False
    return True
