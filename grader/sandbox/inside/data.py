"""The public data of a box: idx files as torchvision lays them out, as arrays of a framework.

Both sides import this file: it needs nothing but the standard library and numpy.
"""

from __future__ import annotations

import gzip
import lzma
import math
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from grader.sandbox.inside import frameworks
from grader.sandbox.inside.frameworks import Framework

TRAIN = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
TEST = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def read_idx(path: Path) -> np.ndarray:
    """Read an idx file (plain, .gz or .xz) of unsigned bytes into a writable uint8 array.

    The format: 0, 0, 8 (unsigned bytes), the number of dimensions, each as a big-endian 32-bit
    integer, the data. Raises ValueError, with a sentence, for anything else, OSError for no file.
    """
    unpack = {".gz": gzip.decompress, ".xz": lzma.decompress}.get(path.suffix, bytes)
    try:
        data = unpack(path.read_bytes())
    except (gzip.BadGzipFile, EOFError, zlib.error, lzma.LZMAError) as error:
        raise ValueError(f"{path} cannot be unpacked: {error}.") from error
    start = 4 + 4 * data[3] if len(data) > 3 else 0
    if data[:3] != b"\0\0\x08" or not 4 < start <= len(data):
        raise ValueError(f"{path} is no idx file of unsigned bytes: it starts with {data[:4]!r}.")
    shape = tuple(int.from_bytes(data[i : i + 4], "big") for i in range(4, start, 4))
    if len(data) - start != math.prod(shape):
        raise ValueError(f"{path}: {len(data) - start} bytes of data do not make shape {shape}.")
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape).copy()


def load_split(root: Path, name: str, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Read a public split below `root`: uint8 images (n, 28, 28) and int64 labels (n,).

    `split` is "train" or "test" (the public fifth of the test set), anything else a KeyError.
    Raises ValueError for files that do not fit together, OSError if there are none.
    """
    files = {"train": TRAIN, "test": TEST}[split]
    images, labels = (read_idx(root / name / "raw" / file) for file in files)
    if labels.ndim != 1 or images.shape != (len(labels), 28, 28):
        raise ValueError(f"{root}: images {images.shape} do not fit to labels {labels.shape}.")
    return images, labels.astype(np.int64)


class PublicData:
    """The public split of the mounted data sets, for the part of a check that runs in here."""

    def __init__(self, root: str | None, framework: Framework | None = None) -> None:
        self.root = root
        self.framework = framework or frameworks.named(frameworks.TORCH)
        self.device = "cpu"
        self._kept: dict[tuple[str, str], tuple[Any, Any]] = {}

    def keep(self, name: str) -> None:
        """Read a data set for all processes that are forked from now on: they share its memory, and
        a page that one of them writes to becomes its own."""
        for split in ("train", "test"):
            if (name, split) not in self._kept:
                self._kept[name, split] = self._read(name, split)

    def tensors(self, name: str, split: str) -> tuple[Any, Any]:
        """(images float32 (n, 1, 28, 28) in [0, 1], labels int64 (n,)) of "train" or "test"."""
        images, labels = self._parts(name, split)
        if not self.framework.survives_fork:
            return self.framework.from_numpy(images), self.framework.from_numpy(labels)
        return images, labels

    def _parts(self, name: str, split: str) -> tuple[Any, Any]:
        """The same as arrays that a host can hold: of numpy where the library's own would start
        it."""
        # What is kept is given once, and read again when a process has had it: it may be written.
        key = name, split
        images, labels = self._kept.pop(key) if key in self._kept else self._read(name, split)
        if self.device != "cpu":
            return images.to(self.device), labels.to(self.device)
        return images, labels

    def _read(self, name: str, split: str) -> tuple[Any, Any]:
        if self.root is None:
            raise RuntimeError("no data set was mounted")
        images, labels = load_split(Path(self.root), name, split)
        scaled = images.astype(np.float32)[:, None]
        scaled /= 255
        if not self.framework.survives_fork:
            return scaled, labels
        return self.framework.from_numpy(scaled), self.framework.from_numpy(labels)

    def batches(self, name: str, split: str, batch_size: int, shuffle: bool = False) -> Batches:
        """An iterable of (images, labels) that can be walked again and again."""
        return Batches(self.framework, self._parts(name, split), batch_size, shuffle)


class Batches:
    """Images and labels in batches, the last one short if need be."""

    def __init__(
        self, framework: Framework, parts: tuple[Any, Any], batch_size: int, shuffle: bool
    ) -> None:
        self.framework, self.parts = framework, parts
        self.batch_size, self.shuffle = batch_size, shuffle

    def __len__(self) -> int:
        return -(-len(self.parts[0]) // self.batch_size)

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        yield from self.framework.batches(self.parts, self.batch_size, self.shuffle)
