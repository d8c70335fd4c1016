"""What course files draw with: curves and images in a notebook, nothing elsewhere."""

import io
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np


class Canvas:
    """A figure or an axes that takes every call and draws nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: Any, **options: Any) -> "Canvas":
        return self


class Animator:
    """Keeps the points of some curves in the lists X and Y, one for each curve, and draws them in a
    notebook: as SVG, again in place with each point."""

    def __init__(
        self,
        xlabel: Any = None,
        ylabel: Any = None,
        legend: Sequence[str] | None = None,
        xlim: Any = None,
        ylim: Any = None,
        xscale: str = "linear",
        yscale: str = "linear",
        fmts: Sequence[str] = ("-", "m--", "g-.", "r:"),
        nrows: int = 1,
        ncols: int = 1,
        figsize: Any = (3.5, 2.5),
    ) -> None:
        self.legend = list(legend or [])
        self.fmts = fmts
        self.fig: Any = Canvas()
        self.axes: list[Any] = [Canvas() for _ in range(nrows * ncols)]
        if _is_notebook():
            from matplotlib.figure import Figure  # pyplot would show it once more

            self.fig = Figure(figsize=figsize)
            self.axes = [*self.fig.subplots(nrows, ncols, squeeze=False).flat]
        self._settings = (xlabel, ylabel, xlim, ylim, xscale, yscale, self.legend)
        self._shown: Any = None  # where the notebook shows it
        self.X: list[list[Any]] = []
        self.Y: list[list[Any]] = []

    def add(self, x: Any, y: Any) -> None:
        """Add one point to each curve; a y of None leaves its curve as it is."""
        ys = list(y) if hasattr(y, "__len__") else [y]
        xs = list(x) if hasattr(x, "__len__") else [x] * len(ys)
        self.X = self.X or [[] for _ in ys]
        self.Y = self.Y or [[] for _ in ys]
        for (a, b), curve_x, curve_y in zip(zip(xs, ys), self.X, self.Y):
            if a is not None and b is not None:
                curve_x.append(a)
                curve_y.append(b)
        if _is_notebook():
            self._draw()

    def config_axes(self) -> None:
        """Give the first axes their labels, limits, scales and legend."""
        set_axes(self.axes[0], *self._settings)

    def _draw(self) -> None:
        from IPython.display import SVG, display

        self.axes[0].cla()
        for xs, ys, style in zip(self.X, self.Y, self.fmts):
            self.axes[0].plot([*map(_plain, xs)], [*map(_plain, ys)], style)
        self.config_axes()
        file = io.StringIO()
        self.fig.savefig(file, format="svg", bbox_inches="tight")
        picture = SVG(file.getvalue())
        if self._shown is None:
            self._shown = display(picture, display_id=True)
        else:
            self._shown.update(picture)


class ProgressBoard:
    """Keeps the curves of a training in `data`: for each label a list of points (x, y)."""

    xlabel = ylabel = xlim = ylim = None

    def __init__(self, **options: Any) -> None:
        self.data: dict[str, list[tuple[float, float]]] = {}
        self._waiting: dict[str, list[tuple[float, float]]] = defaultdict(list)
        vars(self).update(options)

    def draw(self, x: Any, y: Any, label: str, every_n: int = 1) -> None:
        """Take one more point; each `every_n` of a label become one, their mean."""
        points = self._waiting[label]
        mean = y.detach().float().mean() if hasattr(y, "detach") else np.mean(y)  # a tensor or not
        points.append((float(x), float(mean)))
        if len(points) >= every_n:
            xs, ys = zip(*points)
            self.data.setdefault(label, []).append((sum(xs) / len(xs), sum(ys) / len(ys)))
            points.clear()


def use_svg_display() -> None:
    """Do nothing: the display stays as it is."""


def set_figsize(figsize: Any = (3.5, 2.5)) -> None:
    """Do nothing: there are no figures."""


def set_axes(axes: Any, *settings: Any) -> None:
    """Set xlabel, ylabel, xlim, ylim, xscale, yscale and legend of axes, given in this order."""
    names = ("xlabel", "ylabel", "xlim", "ylim", "xscale", "yscale")
    axes.set(**{name: value for name, value in zip(names, settings) if value is not None})
    if settings[6:] and settings[6]:
        axes.legend(settings[6])
    axes.grid()


def plot(X: Any, Y: Any = None, *settings: Any, **options: Any) -> None:
    """Do nothing: no curves are drawn."""


def show_images(
    imgs: Iterable[Any], num_rows: int, num_cols: int, titles: Any = None, scale: float = 1.5
) -> Any:
    """Draw a grid of images (h, w), (1, h, w) or (h, w, 3), row by row, where a notebook runs;
    elsewhere nothing is drawn. Return the axes."""
    if not _is_notebook():
        return [Canvas() for _ in range(num_rows * num_cols)]
    from matplotlib import pyplot

    size = (num_cols * scale, num_rows * scale)
    axes = pyplot.subplots(num_rows, num_cols, figsize=size, squeeze=False)[1].flatten()
    for ax in axes:
        ax.axis("off")
    for place, (ax, image) in enumerate(zip(axes, imgs)):
        ax.imshow(np.asarray(_plain(image)).squeeze(), cmap="gray")
        if titles is not None and place < len(titles):
            ax.set_title(titles[place])
    return axes


def _plain(value: Any) -> Any:
    """What matplotlib can draw of a value: a tensor as an array."""
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def _is_notebook() -> bool:
    """Whether a kernel of Jupyter runs this."""
    shell = sys.modules.get("IPython")
    running = shell.get_ipython() if shell is not None else None
    return hasattr(running, "kernel")
