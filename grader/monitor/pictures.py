"""A batch of images as it is shown: bytes, few, with what they are and what they were taken for."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.i18n.words import _

MOST_IMAGES = 32  # of a batch that are shown


@dataclass(frozen=True)
class Pictures:
    """images: uint8 (n, h, w, c) with c = 1 or 3. labels, predictions: n words each, or none."""

    images: np.ndarray
    labels: tuple[str, ...] = ()
    predictions: tuple[str, ...] = ()

    @property
    def titles(self) -> list[str]:
        """What stands over each image: its label, and what it was taken for instead."""
        if not self.predictions:
            return list(self.labels)
        if not self.labels:
            return list(self.predictions)
        pairs = zip(self.labels, self.predictions)
        return [true if true == said else f"{true}, says {said}" for true, said in pairs]

    @property
    def right(self) -> list[bool]:
        """Of each image that has both, whether it was recognised."""
        return [true == said for true, said in zip(self.labels, self.predictions)]


def pictures(
    images: Any, labels: Iterable[Any] | None = None, predictions: Iterable[Any] | None = None
) -> Pictures:
    """The first images of a batch, at most MOST_IMAGES.

    images: tensor or array (n, h, w), (n, c, h, w), (n, h, w, c) with 1 or 3 colours, or (n, p) of
    square images. Floats outside of [0, 1], such as normalised ones, are stretched to black and
    white. labels, predictions: n words or class numbers.

    Raises ValueError for other shapes.
    """
    found = _as_array(images[:MOST_IMAGES])
    if found.ndim == 2 and math.isqrt(found.shape[1]) ** 2 == found.shape[1]:
        found = found.reshape(len(found), math.isqrt(found.shape[1]), -1)
    if found.ndim == 3:
        found = found[..., None]
    elif found.ndim == 4 and found.shape[1] in (1, 3) and found.shape[3] not in (1, 3):
        found = found.transpose(0, 2, 3, 1)
    if found.ndim != 4 or found.shape[3] not in (1, 3) or not found.size:
        text = _("a batch of images has no shape like {shape}")
        raise ValueError(text.format(shape=tuple(np.shape(images))))
    count = len(found)
    return Pictures(_as_bytes(found), _words(labels, count), _words(predictions, count))


def _as_array(values: Any) -> np.ndarray:
    """A tensor on any device, or what numpy takes, as an array."""
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    return np.asarray(values)


def _as_bytes(images: np.ndarray) -> np.ndarray:
    if images.dtype == np.uint8:
        return images.copy()
    numbers = np.nan_to_num(images.astype(np.float32))
    low, high = float(numbers.min()), float(numbers.max())
    if low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    return ((numbers - low) * (255 / max(high - low, 1e-12))).round().astype(np.uint8)


def _words(values: Iterable[Any] | None, count: int) -> tuple[str, ...]:
    if values is None:
        return ()
    listed = values.tolist() if hasattr(values, "tolist") else list(values)
    return tuple(str(value) for value in listed[:count])
