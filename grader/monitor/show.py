"""Images with their labels, as the documents show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from grader.monitor.pictures import pictures


def show_images(
    images: Any,
    labels: Iterable[Any] | None = None,
    predictions: Iterable[Any] | None = None,
    columns: int = 8,
    resize: tuple[int, int] | None = None,
) -> None:
    """Draw the first images of a batch in rows of `columns`, with their labels over them and, in
    red, what they were taken for instead. In a notebook they stand below the cell; elsewhere
    nothing is drawn.

    images: (n, h, w), (n, c, h, w), (n, h, w, c) or (n, p); the first 32 are drawn. labels,
    predictions: n words or class numbers. resize: the (height, width) in pixels that they are
    brought to first, such as (64, 64).

    Raises ValueError for other shapes.
    """
    from IPython.core.getipython import get_ipython
    from IPython.display import SVG, display

    from grader.monitor import figures

    shown = pictures(images, labels, predictions)
    if get_ipython() is None:
        return
    if resize is not None:
        shown = replace(shown, images=_resized(shown.images, resize))
    display(SVG(figures.as_svg(figures.grid(shown, columns))))


def _resized(images: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """uint8 (n, h, w, c) as (n, *size, c), with values between the pixels where there are more."""
    from PIL import Image

    height, width = size
    resized = [
        np.asarray(Image.fromarray(image.squeeze()).resize((width, height))) for image in images
    ]
    return np.stack(resized).reshape(len(images), height, width, -1)
