"""The monitor of a training."""

from __future__ import annotations

import atexit
import os
import sys
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from grader.i18n import words
from grader.i18n.words import N_, _
from grader.monitor import backends
from grader.monitor.backend import Axes, Backend, Point
from grader.monitor.feeds import Feed, Say, SlowFeed, close_all
from grader.monitor.pictures import pictures

MOST_TEXT = 10_000  # characters of a text


def default_backend() -> str:
    """The notebook in a kernel of Jupyter, the terminal everywhere else."""
    shell = sys.modules.get("IPython")
    running = shell.get_ipython() if shell is not None else None
    return "notebook" if hasattr(running, "kernel") else "terminal"


def to_stderr(text: str) -> None:
    """Say a sentence where a notebook and a terminal show it, whatever the terminal can print."""
    encoding = getattr(sys.stderr, "encoding", None) or "ascii"
    line = _("monitor: {text}").format(text=text)
    print(line.encode(encoding, "replace").decode(encoding), file=sys.stderr)


class Monitor:
    """Reports a training to backends, each named as "notebook", "terminal", "visdom",
    "visdom:http://host:8097", "tensorboard", "tensorboard:DIR", "csv:FILE" or "json:FILE"; without
    a name to the notebook or the terminal that it runs in. A name may be a Backend instead.

    A context manager; `close` does the same. A backend that cannot be used or fails is spoken of
    once, and left out. In a process that was forked from this one it does nothing.

    Raises UsageError for a backend that there is not.
    """

    def __init__(self, *names: str | Backend, say: Say = to_stderr) -> None:
        self._process = os.getpid()
        self._say = say
        self._problems: deque[str] = deque()
        self._said: set[str] = set()
        self._feeds: list[Feed] = []
        self._language = words.of_environment()
        names = names or (default_backend(),)
        for name in names:
            if isinstance(name, str):
                backends.kind_of(name)
        for name in names:
            self._add(name)
        atexit.register(self.close)

    def line(self, step: float, window: str = "training", **values: Any) -> None:
        """A point of one or more lines of a window, such as line(7, "test", loss=0.4, acc=0.9).

        step: of a batch or an epoch, from 1 on. values: numbers, or tensors of one element.
        """
        points = []
        for line, value in values.items():
            try:
                number = float(value.detach() if hasattr(value, "detach") else value)
                points.append(Point(window, line, float(step), number))
            except (TypeError, ValueError, RuntimeError):
                self._complain(N_("`{name}` is no number."), name=line)
        self.points(points)

    def epoch(self, epoch: int, **values: Any) -> None:
        """Losses and accuracies of an epoch, from 1 on: the window "epochs"."""
        self.line(epoch, "epochs", **values)

    def axes(
        self,
        window: str,
        *,
        title: str = "",
        xlabel: str = "",
        ylabel: str = "",
        xlim: tuple[float, float] | None = None,
        ylim: tuple[float, float] | None = None,
        xscale: str = "linear",
        yscale: str = "linear",
        legend: Mapping[str, str] | None = None,
    ) -> None:
        """How a window is drawn: xlim, ylim are (low, high), a scale is "linear" or "log", legend
        says what a line is called: {"acc": "acc."}. Before its first point."""
        axes = Axes(title, xlabel, ylabel, xlim, ylim, xscale, yscale, dict(legend or {}))
        self._tell("axes", window, axes)

    def images(
        self,
        images: Any,
        labels: Iterable[Any] | None = None,
        predictions: Iterable[Any] | None = None,
        window: str = "x",
    ) -> None:
        """A batch of images in the place of the one before; the first 32 are shown.

        images: (n, h, w), (n, c, h, w), (n, h, w, c) or (n, p). labels, predictions: n words or
        class numbers.
        """
        if self._is_off():
            return
        try:
            shown = pictures(images, labels, predictions)
        except (TypeError, ValueError, IndexError, RuntimeError) as error:
            self._complain(N_("{name}: {error}."), name=window, error=error)
        else:
            self._tell("images", window, shown)

    def text(self, text: object, window: str = "pred") -> None:
        """A text in the place of the one before."""
        self._tell("text", window, str(text)[:MOST_TEXT])

    def points(self, points: list[Point]) -> None:
        """Points of any windows and runs."""
        if points:
            self._tell("points", points)

    def ended(self, run: str) -> None:
        """No more points of this run come."""
        self._tell("ended", run)

    def close(self) -> None:
        """Show the last points and let go of everything; what comes later is passed over."""
        if self._is_off():
            return
        atexit.unregister(self.close)
        feeds, self._feeds = self._feeds, []
        close_all(feeds)
        self._say_problems()

    @property
    def where(self) -> list[str]:
        """What a person opens or types to see what is reported."""
        return [feed.backend.where for feed in self._feeds if feed.backend.where]

    def __enter__(self) -> Monitor:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _add(self, wanted: str | Backend) -> None:
        """Open a backend, or say why it cannot be had."""
        name = wanted if isinstance(wanted, str) else type(wanted).__name__
        with words.speaking(self._language):
            how = (self._problems.append, self._language)
            try:
                backend = backends.backend_of(wanted) if isinstance(wanted, str) else wanted
            except Exception as error:
                Feed(name, Backend(), *how).fail(error)
                self._say_problems()
            else:
                kind = SlowFeed if backend.is_slow else Feed
                self._feeds.append(kind(name, backend, *how))

    def _is_off(self) -> bool:
        """Whether there is nobody to tell; a fork has none of the threads that would."""
        return not self._feeds or os.getpid() != self._process

    def _tell(self, what: str, *arguments: Any) -> None:
        if self._is_off():
            return
        for feed in self._feeds:
            feed.tell(what, *arguments)
        self._say_problems()

    def _complain(self, text: str, **values: object) -> None:
        """Say once what is wrong with what was reported."""
        with words.speaking(self._language):
            problem = _(text).format(**values)
        if problem not in self._said:
            self._said.add(problem)
            self._say(problem)

    def _say_problems(self) -> None:
        """Here and not in a thread of a backend: so it stands below the cell that is running."""
        while self._problems:
            self._say(self._problems.popleft())
