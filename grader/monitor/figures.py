"""Curves and images as figures of matplotlib. Needs no pyplot, so no figure of the student's own
is touched, and may run in any thread."""

from __future__ import annotations

import io
import math
from itertools import cycle

from matplotlib.figure import Figure

from grader.monitor.backend import Window
from grader.monitor.pictures import Pictures

STYLES = ("-", "m--", "g-.", "r:")  # of the documents' Animator
SIZE = (4.5, 3.0)  # inches, of a window with curves
RIGHT, WRONG = "#1a6b1a", "#b3261e"  # of titles; the words say it as well


def lines(window: Window) -> Figure:
    """The curves of a window, over what is usual of them."""
    figure = Figure(figsize=SIZE, layout="constrained")
    ax, axes = figure.add_subplot(), window.axes
    for (label, curve), style in zip(window.curves.items(), cycle(STYLES)):
        marker = "o" if len(curve.steps) == 1 else ""  # a line of one point is none
        ax.plot(curve.steps, curve.values, style, label=label, marker=marker)
        if curve.usual:
            low, high = zip(*curve.usual.values())
            ax.fill_between(list(curve.usual), low, high, color="0.85", zorder=0)
    words = {"title": axes.title, "xlabel": axes.xlabel, "ylabel": axes.ylabel}
    ax.set(**{name: text for name, text in words.items() if text})
    ax.set(xscale=axes.xscale, yscale=axes.yscale)
    ax.set(xlim=axes.xlim or (None, None), ylim=axes.ylim or (None, None))
    if any(window.curves):
        ax.legend()
    ax.grid(alpha=0.4)
    return figure


def grid(shown: Pictures, columns: int = 8) -> Figure:
    """Images in rows of `columns`, with their titles; what was not recognised in red."""
    count = len(shown.images)
    columns = min(columns, count)
    rows, titles, right = math.ceil(count / columns), shown.titles, shown.right
    width = 1.5 if shown.predictions and shown.labels else 1.1
    figure = Figure(figsize=(width * columns, 1.4 * rows), layout="constrained")
    places = figure.subplots(rows, columns, squeeze=False).flat
    for place, ax in enumerate(places):
        ax.axis("off")
        if place < count:
            image = shown.images[place]
            ax.imshow(image.squeeze(-1) if image.shape[-1] == 1 else image, cmap="gray")
        if place < min(count, len(titles)):
            colour = {True: RIGHT, False: WRONG}[right[place]] if place < len(right) else "black"
            ax.set_title(titles[place], fontsize=8, color=colour)
    return figure


def as_svg(figure: Figure) -> str:
    """The figure as SVG."""
    file = io.StringIO()
    figure.savefig(file, format="svg")
    return file.getvalue()
