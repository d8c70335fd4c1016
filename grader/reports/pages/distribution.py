"""The distribution of points as a drawing."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from grader.reports.text import number

SIZE = (5.6, 2.5)  # inches
COLOURS = {"#010101": "var(--ink)", "#020202": "var(--soft)", "#030303": "var(--bar)"}
NOBODY = dict.fromkeys(("Creator", "Date", "Format", "Type"))  # metadata that is left out


def drawing(counts: Sequence[int], maximum: float) -> Markup:
    """The counts of equal parts from 0 to the maximum as SVG, in the colours of the page."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    ink, soft, bar = COLOURS
    settings: Any = {
        "font.sans-serif": ["DejaVu Sans"],  # to measure with; the page says in which it is shown
        "font.size": 10.5,
        "svg.fonttype": "none",
        "svg.hashsalt": "grader",
    }
    with rc_context(settings):
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        bars = axes.bar(range(len(counts)), counts, width=0.86, align="edge", color=bar)
        axes.bar_label(bars, [str(count or "") for count in counts], color=ink, padding=2)
        limits = [maximum * part / len(counts) for part in range(len(counts) + 1)]
        places = [part - 0.07 for part in range(len(counts) + 1)]
        axes.set_xticks(places, [number(limit) for limit in limits], color=soft)
        axes.set_xlabel("points", color=soft)
        axes.set_ylim(0, max([*counts, 1]) * 1.15)
        axes.set_yticks([])
        axes.tick_params(length=0)
        axes.spines[["left", "right", "top"]].set_visible(False)
        axes.spines["bottom"].set_color(soft)
        text = io.StringIO()
        figure.savefig(text, format="svg", transparent=True, metadata=NOBODY)
    return Markup(_in_page(text.getvalue(), _said(counts, limits)))


def _said(counts: Sequence[int], limits: Sequence[float]) -> str:
    """The same in words."""
    parts = [
        f"{count} from {number(low)} to {number(high)}"
        for count, low, high in zip(counts, limits, limits[1:])
        if count
    ]
    return f"People by points: {', '.join(parts) or 'nobody'}."


def _in_page(svg: str, said: str) -> str:
    """The drawing as a part of a page: without the head of a file, with its words."""
    svg = re.sub(r' xmlns(:\w+)?="[^"]*"', "", svg[svg.index("<svg") :])
    svg = re.sub(r" *<style.*?</style>\n", "", svg)
    for colour, name in COLOURS.items():
        svg = svg.replace(colour, name)
    head = '<svg role="img" aria-labelledby="distribution-words"'
    return svg.replace("<svg", head, 1).replace(
        ">", f'><title id="distribution-words">{said}</title>', 1
    )
