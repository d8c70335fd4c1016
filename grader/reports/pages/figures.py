"""Pictures of a training: the learning curve over the band of right programs, which classes were
mixed up, and images that were taken for something else."""

from __future__ import annotations

import base64
import itertools
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from grader.checking.results import CheckResult, Curve, Predictions
from grader.i18n.words import _
from grader.reports.pages.work import Picture
from grader.reports.text import in_words

# In units of a drawing: where its axes end. Left and below there are the numbers.
LEFT, RIGHT, TOP, BOTTOM = 46, 312, 8, 152
MOST_EPOCHS, MOST_CLASSES, MOST_PICTURES = 200, 20, 12
MOST_BYTES = 16_000  # of a picture
SIDE = 84  # of a picture as it is shown, the longer one
MOST_COLUMNS = 12  # of a row of a table
MOST_CURVES = 6  # of a check
PNG = b"\x89PNG\r\n\x1a\n"
SIZE = slice(16, 24)  # where a PNG has its width and height


@dataclass(frozen=True)
class Tick:
    """A number beside an axis, and where it stands along it."""

    place: float
    text: str


@dataclass(frozen=True)
class DrawnCurve:
    """A curve over its band. rows: of its table: epoch, value, and the band if there is one.
    points, band: of the drawing, as SVG writes them; "" for no band."""

    what: str
    rows: list[list[str]]
    points: list[tuple[float, float]]
    band: list[tuple[float, float]]
    epochs: list[Tick]
    values: list[Tick]


@dataclass(frozen=True)
class ConfusionCell:
    """How often a class was taken for one. heat: from 0 to 100, of its row."""

    count: int
    heat: int
    is_right: bool


@dataclass(frozen=True)
class Confusion:
    """A table of counts; without rows where there are too many classes to be read. most_often:
    which classes are mixed up most, in words."""

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
    """An image in the page itself, or the row of a table. address: a data: URL, "" of a row.
    width, height: as it is shown. values: of a row; left_out: how many more it has."""

    address: str
    label: str
    predicted: str
    width: int = 0
    height: int = 0
    values: Sequence[tuple[str, str]] = ()
    left_out: int = 0


def trainings(checks: Sequence[CheckResult], classes: Sequence[str]) -> list[Training]:
    """What is drawn of the checks that keep curves or predictions; what several keep, once."""
    found: list[Training] = []
    told: list[Curve | Predictions] = []
    for check in checks:
        curves = [one for one in check.curves[:MOST_CURVES] if one.values and one not in told]
        predictions = check.predictions if check.predictions not in told else None
        told += [*curves, *([predictions] if predictions else [])]
        if curves or predictions:
            table = confusion(predictions, classes) if predictions else None
            found.append(Training([_drawn(curve) for curve in curves], table))
    return found


def _drawn(curve: Curve) -> DrawnCurve:
    values, band = curve.values[:MOST_EPOCHS], curve.band[:MOST_EPOCHS]
    rows = [[str(epoch), f"{value:.4g}"] for epoch, value in enumerate(values, start=1)]
    for row, (low, high) in zip(rows, band):
        row.append(f"{low:.4g} – {high:.4g}")
    last = max(2, len(values), len(band))
    finite = list(filter(math.isfinite, [*values, *itertools.chain(*band)])) or [0.0]
    low, high = min(finite), max(finite)
    if high - low < 1e-9 * max(1.0, abs(high)):
        low, high = low - 0.5, high + 0.5

    def at(epoch: int, value: float) -> tuple[float, float]:
        across, up = (epoch - 1) / (last - 1), (value - low) / (high - low)
        return round(LEFT + across * (RIGHT - LEFT), 1), round(BOTTOM - up * (BOTTOM - TOP), 1)

    numbered = list(enumerate(band, start=1))
    edge = [(n, one[0]) for n, one in numbered] + [(n, one[1]) for n, one in reversed(numbered)]
    return DrawnCurve(
        in_words(curve.what),
        rows,
        [at(n, value) for n, value in enumerate(values, start=1) if math.isfinite(value)],
        [at(n, value) for n, value in edge if math.isfinite(value)],
        [Tick(at(int(n), low)[0], f"{n:.0f}") for n in _ticks(1, last, is_whole=True)],
        [Tick(at(1, value)[1], f"{value:.4g}") for value in _ticks(low, high)],
    )


def _ticks(low: float, high: float, is_whole: bool = False) -> list[float]:
    """Round numbers in an interval."""
    from matplotlib.ticker import MaxNLocator  # its import takes long, and few pages need it

    found = MaxNLocator(5, integer=is_whole, min_n_ticks=1).tick_values(low, high)
    return [float(tick) for tick in found if low <= tick <= high]


def confusion(predictions: Predictions, classes: Sequence[str]) -> Confusion | None:
    """A matrix, with its rows if there are so few classes that it can be read."""
    counts = predictions.counts
    size = len(counts)
    if size < 2 or any(len(row) != size for row in counts):
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
            for true, row in enumerate(counts if size <= MOST_CLASSES else [])
        ],
        [
            text.format(label=names[true], predicted=names[other], count=count)
            for count, true, other in worst
        ],
    )


def shown(pictures: Sequence[Picture]) -> list[ShownPicture]:
    """Those that a page can hold."""
    found = []
    for one in pictures[:MOST_PICTURES]:
        if one.values:
            values, left_out = one.values[:MOST_COLUMNS], max(0, len(one.values) - MOST_COLUMNS)
            found.append(
                ShownPicture("", one.label, one.predicted, values=values, left_out=left_out)
            )
        elif one.png.startswith(PNG) and SIZE.stop <= len(one.png) <= MOST_BYTES:
            address = f"data:image/png;base64,{base64.b64encode(one.png).decode()}"
            found.append(ShownPicture(address, one.label, one.predicted, *_size(one.png)))
    return found


def _size(png: bytes) -> tuple[int, int]:
    """Width and height of an image as it is shown."""
    width, height = struct.unpack(">II", png[SIZE])
    longer = max(1, width, height)
    return max(1, round(SIDE * width / longer)), max(1, round(SIDE * height / longer))
