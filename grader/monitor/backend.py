"""What a backend is told, and the base class of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from grader.monitor.pictures import Pictures

MOST_POINTS = 1000  # that a curve keeps to be drawn


class Unavailable(Exception):
    """A backend cannot be used here; str(error) is a sentence that says what to do."""


class Point(NamedTuple):
    """A number of a training.

    window: which picture it belongs to. line: which line of it, such as "loss". step: the batch or
    the epoch, from 1 on. run: which training, where there are several. usual: from where to where
    right programs are at this step, if that is known.
    """

    window: str
    line: str
    step: float
    value: float
    run: str = ""
    usual: tuple[float, float] | None = None

    @property
    def label(self) -> str:
        """What tells its line apart from the others of the window."""
        return " ".join(filter(None, (self.run, self.line)))


@dataclass(frozen=True)
class Axes:
    """How a window is drawn: its words, from where to where its axes go ((low, high), None: as the
    points do), "linear" or "log", and what its lines are called instead of their own names."""

    title: str = ""
    xlabel: str = ""
    ylabel: str = ""
    xlim: tuple[float, float] | None = None
    ylim: tuple[float, float] | None = None
    xscale: str = "linear"
    yscale: str = "linear"
    legend: Mapping[str, str] = field(default_factory=dict)


class Backend:
    """One way to show or keep what is reported. A subclass does what it can show, and passes over
    the rest; what its methods raise ends it, not the training.

    is_slow: it may wait for somebody, so it has a thread of its own. where: what a person types or
    opens to see it; "" where it is seen anyway.
    """

    is_slow: ClassVar[bool] = False
    where: str = ""

    def axes(self, window: str, axes: Axes) -> None:
        """How a window is to be drawn. Comes before its points, or changes it."""

    def points(self, points: Sequence[Point]) -> None:
        """More points of any windows; those of a line in their order."""

    def images(self, window: str, pictures: Pictures) -> None:
        """Images in the place of those that the window has."""

    def text(self, window: str, text: str) -> None:
        """A text in the place of the one that the window has."""

    def ended(self, run: str) -> None:
        """No more points of this run come."""

    def close(self) -> None:
        """Nothing more comes at all."""


@dataclass
class Curve:
    """The points of a line as they are drawn: all of the first ones, later every second, fourth, …
    and always the last."""

    steps: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    usual: dict[float, tuple[float, float]] = field(default_factory=dict)  # by step
    _seen: int = 0
    _every: int = 1

    def add(self, point: Point) -> None:
        """One more point."""
        if self._seen and (self._seen - 1) % self._every:  # the last one was there as such only
            self.steps.pop()
            self.values.pop()
        self.steps.append(point.step)
        self.values.append(point.value)
        if point.usual is not None:
            self.usual[point.step] = point.usual
        self._seen += 1
        if len(self.steps) > MOST_POINTS:
            del self.steps[1::2], self.values[1::2]
            self._every *= 2


@dataclass
class Window:
    """What is drawn of a window: its axes, and its lines by their labels."""

    axes: Axes = field(default_factory=Axes)
    curves: dict[str, Curve] = field(default_factory=dict)

    def add(self, point: Point) -> None:
        """One more point of any of its lines."""
        self.curves.setdefault(self.axes.legend.get(point.label, point.label), Curve()).add(point)
