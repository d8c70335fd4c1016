"""Pictures of a training: the learning curve over the band of right programs, which classes were
mixed up, and images that were taken for something else."""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from grader.checking.results import CheckResult, Curve, Predictions
from grader.i18n.words import _
from grader.reports.pages.work import Picture
from grader.reports.text import in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (3.4, 2.1)  # inches of a curve
LINE, BAND, AXIS = "#0a0b0c", "#0d0e0f", "#1a1b1c"  # stand for colours of the style sheet
COLOURS = {LINE: "var(--link)", BAND: "var(--good)", AXIS: "var(--soft)"}
# What matplotlib writes for a file of its own: a header, a style for everything, names of groups.
OF_A_FILE = re.compile(
    r"^.*?(?=<svg)|<metadata>.*?</metadata>|<style.*?</style>"
    r'|(?<=<g) id="[^"]*"| xmlns[:\w]*="[^"]*"',
    re.DOTALL,
)
FONT = re.compile(r"font-size: [^;\"]*; ?|font-family: [^;\"]*; ?|font: [^;\"]*; ?")
MOST_EPOCHS, MOST_CLASSES, MOST_PICTURES = 200, 20, 12
MOST_BYTES = 8_000  # of a picture
MOST_CURVES = 6  # of a check
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class DrawnCurve:
    """A curve in SVG, and its numbers: epoch, value, and the band if there is one."""

    what: str
    svg: Markup
    rows: list[list[str]]
    band: bool


@dataclass(frozen=True)
class ConfusionCell:
    """How often a class was taken for one. heat: from 0 to 100, of its row."""

    count: int
    heat: int
    is_right: bool


@dataclass(frozen=True)
class Confusion:
    """A table of counts. most_often: which classes are mixed up most, in words."""

    names: list[str]
    rows: list[list[ConfusionCell]]
    most_often: list[str]


@dataclass(frozen=True)
class Training:
    """What is drawn of a check."""

    curves: list[DrawnCurve]
    confusion: Confusion | None


@dataclass(frozen=True)
class ShownPicture:
    """An image in the page itself. address: a data: URL."""

    address: str
    label: str
    predicted: str


def trainings(checks: Sequence[CheckResult], classes: Sequence[str]) -> list[Training]:
    """What is drawn of the checks that keep curves or predictions; what several keep, once."""
    found, drawn = [], []
    for check in checks:
        curves = [curve for curve in check.curves if curve.values and curve not in drawn]
        drawn += curves[:MOST_CURVES]
        predictions = check.predictions if check.predictions not in drawn else None
        drawn.append(predictions)
        if curves or predictions:
            table = confusion(predictions, classes) if predictions else None
            found.append(Training([draw(curve) for curve in curves[:MOST_CURVES]], table))
    return found


def draw(curve: Curve) -> DrawnCurve:
    """A curve over its band."""
    values, band = curve.values[:MOST_EPOCHS], curve.band[:MOST_EPOCHS]
    rows = [[str(epoch), f"{value:.4g}"] for epoch, value in enumerate(values, start=1)]
    for row, (low, high) in zip(rows, band):
        row.append(f"{low:.4g} – {high:.4g}")
    what = in_words(curve.what)
    return DrawnCurve(what, _svg(values, band), rows, bool(band))


def confusion(predictions: Predictions, classes: Sequence[str]) -> Confusion | None:
    """A matrix of so few classes that it can be read."""
    counts = predictions.counts
    size = len(counts)
    if not 2 <= size <= MOST_CLASSES or any(len(row) != size for row in counts):
        return None
    names = list(classes) if len(classes) == size else [str(number) for number in range(size)]
    mixed = sorted(
        ((counts[true][other], true, other) for true in range(size) for other in range(size)),
        key=lambda one: (-one[0], one[1:]),
    )
    text = _("{label} taken for {predicted} ({count} times)")
    worst = [(count, true, other) for count, true, other in mixed if count and true != other][:3]
    return Confusion(
        names,
        [
            [
                ConfusionCell(count, round(100 * count / max(1, sum(row))), true == other)
                for other, count in enumerate(row)
            ]
            for true, row in enumerate(counts)
        ],
        [
            text.format(label=names[true], predicted=names[other], count=count)
            for count, true, other in worst
        ],
    )


def shown(pictures: Sequence[Picture]) -> list[ShownPicture]:
    """Those that a page can hold."""
    return [
        ShownPicture(
            f"data:image/png;base64,{base64.b64encode(one.png).decode()}", one.label, one.predicted
        )
        for one in pictures[:MOST_PICTURES]
        if one.png.startswith(PNG) and len(one.png) <= MOST_BYTES
    ]


def _svg(values: Sequence[float], band: Sequence[tuple[float, float]]) -> Markup:
    """The drawing alone: its words are those of the page around it."""
    from matplotlib import rc_context

    axes = _axes()
    for artist in [*axes.lines, *axes.collections]:
        artist.remove()
    epochs = range(1, len(values) + 1)
    if band:
        lows, highs = zip(*band)
        axes.fill_between(
            range(1, len(band) + 1), lows, highs, color=BAND, alpha=0.2, linewidth=0, clip_on=False
        )
    finite = [value if math.isfinite(value) else math.nan for value in values]
    axes.plot(epochs, finite, color=LINE, marker="o", markersize=3, clip_on=False)
    axes.relim()
    axes.autoscale()
    file = io.StringIO()
    # Without a date, and with ids made from what they name: equal curves are equal text.
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "grader"}):
        axes.figure.savefig(file, format="svg", transparent=True, metadata=nothing)
    text = FONT.sub("", OF_A_FILE.sub("", file.getvalue()))
    for stand_in, colour in COLOURS.items():
        text = text.replace(stand_in, colour)
    return Markup(text.replace("<svg ", '<svg aria-hidden="true" ', 1).strip())


@cache
def _axes() -> Axes:
    """Axes that are drawn on again and again: to make them takes longer than to draw."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    axes = Figure(figsize=SIZE).subplots()
    axes.figure.subplots_adjust(left=0.13, right=0.97, bottom=0.13, top=0.95)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, min_n_ticks=1))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.tick_params(color=AXIS, labelcolor=AXIS, length=3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(AXIS)
    return axes
