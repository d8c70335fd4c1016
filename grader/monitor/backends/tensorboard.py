"""Event files for TensorBoard: a folder with one of each run."""

from __future__ import annotations

import re
import sys
import time
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.i18n.words import _
from grader.monitor.backend import Axes, Backend, Point, Unavailable
from grader.monitor.pictures import Pictures

MOST_OPEN = 20  # files at once: of each run one
USUAL = ("usual, from", "usual, to")  # runs that hold what is usual
# A module that TensorBoard looks for to do without TensorFlow, whose import takes ten seconds.
WITHOUT_TENSORFLOW = "tensorboard.compat.notf"


def backend(place: str) -> TensorBoard:
    """place: the folder; runs/ and the time where there is none."""
    return TensorBoard(_writer_class(), Path(place or f"runs/{time.strftime('%Y-%m-%d_%H-%M-%S')}"))


def _writer_class() -> Any:
    added = "tensorflow" not in sys.modules
    if added:
        sys.modules[WITHOUT_TENSORFLOW] = types.ModuleType(WITHOUT_TENSORFLOW)
    try:
        from torch.utils.tensorboard import SummaryWriter
        from torch.utils.tensorboard import writer as _loaded  # noqa: F401  # and what it uses
    except ImportError:
        text = _("TensorBoard is not installed here: {command}.")
        raise Unavailable(text.format(command="pip install tensorboard")) from None
    finally:
        if added:
            sys.modules.pop(WITHOUT_TENSORFLOW, None)
    return SummaryWriter


class TensorBoard(Backend):
    """A line is the scalar "window/line" of its run; several runs share a chart."""

    is_slow = True

    def __init__(self, writer: Any, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._writer, self._folder = writer, folder
        self._open: dict[str, Any] = {}  # writers by run, the one that was used last at the end
        self._folders: dict[str, str] = {}  # by run
        self._axes: dict[str, Axes] = {}
        self._usual: set[tuple[str, str, float]] = set()  # what was written of it
        self._step = 0
        self.where = f"tensorboard --logdir {folder}"

    def axes(self, window: str, axes: Axes) -> None:
        self._axes[window] = axes

    def points(self, points: Sequence[Point]) -> None:
        for point in points:
            legend = self._axes.get(point.window, Axes()).legend
            line = legend.get(point.line, point.line)
            tag = f"{point.window}/{line}" if line else point.window
            self._step = round(point.step)
            self._run(point.run).add_scalar(tag, point.value, self._step)
            if point.usual is not None and (tag, point.line, point.step) not in self._usual:
                self._usual.add((tag, point.line, point.step))
                for run, bound in zip(USUAL, point.usual):
                    self._run(run).add_scalar(tag, bound, self._step)
        for writer in self._open.values():
            writer.flush()

    def images(self, window: str, pictures: Pictures) -> None:
        writer = self._run("")
        writer.add_images(window, pictures.images, self._step, dataformats="NHWC")
        if pictures.titles:
            writer.add_text(f"{window}/titles", "; ".join(pictures.titles), self._step)

    def text(self, window: str, text: str) -> None:
        self._run("").add_text(window, text, self._step)

    def ended(self, run: str) -> None:
        if run in self._open:
            self._open.pop(run).close()

    def close(self) -> None:
        for run in [*self._open]:
            self.ended(run)

    def _run(self, run: str) -> Any:
        """The writer of a run; that of the oldest one is closed where there are many."""
        writer = self._open.pop(run, None) or self._writer(str(self._folder / self._name(run)))
        self._open[run] = writer
        if len(self._open) > MOST_OPEN:
            self.ended(next(iter(self._open)))
        return writer

    def _name(self, run: str) -> str:
        """The folder of a run, which never leads out of the one of all: a run may be called by a
        student."""
        if run not in self._folders:
            name = re.sub(r"[^\w ,()-]", "_", run)[:80]
            while name and name in self._folders.values():
                name += "_"
            self._folders[run] = name
        return self._folders[run]
