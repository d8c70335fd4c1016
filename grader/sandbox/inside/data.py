"""The public data of a box: .npy files, or idx files as torchvision lays them out, as arrays of a
framework. Neither holds anything but numbers.

Both sides import this file: it needs the standard library and numpy, and a framework only where
tensors are asked for.
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
PLAIN = {  # of a split: the files of its examples and its labels
    split: tuple(f"{split}_{what}.npy" for what in ("examples", "labels"))
    for split in ("train", "test")
}


def unpacked(path: Path) -> bytes:
    """The content of a file that is plain, .gz or .xz. Raises ValueError, with a sentence, where it
    cannot be unpacked, OSError for no file."""
    unpack = {".gz": gzip.decompress, ".xz": lzma.decompress}.get(path.suffix, bytes)
    try:
        return unpack(path.read_bytes())
    except (gzip.BadGzipFile, EOFError, zlib.error, lzma.LZMAError) as error:
        raise ValueError(f"{path} cannot be unpacked: {error}.") from error


def read_idx(path: Path) -> np.ndarray:
    """Read an idx file (plain, .gz or .xz) of unsigned bytes into a writable uint8 array. Raises as
    `unpacked` and `idx_array` do."""
    return idx_array(unpacked(path), str(path))


def idx_array(data: bytes, path: str) -> np.ndarray:
    """The writable uint8 array of an idx file's content.

    The format: 0, 0, 8 (unsigned bytes), the number of dimensions, each as a big-endian 32-bit
    integer, the data. Raises ValueError, with a sentence about `path`, for anything else.
    """
    start = 4 + 4 * data[3] if len(data) > 3 else 0
    if data[:3] != b"\0\0\x08" or not 4 < start <= len(data):
        raise ValueError(f"{path} is no idx file of unsigned bytes: it starts with {data[:4]!r}.")
    shape = tuple(int.from_bytes(data[i : i + 4], "big") for i in range(4, start, 4))
    if len(data) - start != math.prod(shape):
        raise ValueError(f"{path}: {len(data) - start} bytes of data do not make shape {shape}.")
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape).copy()


def load_split(root: Path, name: str, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Read a public split below `root`: its examples and their labels (n,), writable.

    Examples are uint8 images (n, h, w) or (n, h, w, c), or float32 rows of a table (n, columns).
    Labels are int64 classes or float32 numbers. `split` is "train" or "test" (the public part of
    the test set), anything else a KeyError. Raises ValueError for files that do not fit together,
    OSError if there are none.
    """
    plain = [root / name / file for file in PLAIN[split]]
    if plain[0].is_file():
        examples, labels = (np.load(file, allow_pickle=False) for file in plain)
    else:
        files = {"train": TRAIN, "test": TEST}[split]
        examples, labels = (read_idx(root / name / "raw" / file) for file in files)
        labels = labels.astype(np.int64)
    if labels.ndim != 1 or examples.shape[:1] != labels.shape:
        raise ValueError(f"{root}: examples {examples.shape} do not fit to labels {labels.shape}.")
    return examples, labels


def as_floats(examples: np.ndarray) -> np.ndarray:
    """Examples as a model takes them: images as float32 (n, c, h, w) in [0, 1], where grey ones
    have c = 1; rows of a table as they are, float32 (n, columns)."""
    if examples.dtype != np.uint8:
        return examples
    images = examples[:, None] if examples.ndim == 3 else examples.transpose(0, 3, 1, 2)
    scaled = images.astype(np.float32, order="C")
    scaled /= 255
    return scaled


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
        """(examples, labels) of "train" or "test". Images are float32 (n, c, h, w) in [0, 1], grey
        ones with c = 1, rows of a table float32 (n, columns); labels are classes, int64 (n,), or
        numbers, float32 (n,)."""
        examples, labels = self._parts(name, split)
        if not self.framework.survives_fork:
            return self.framework.from_numpy(examples), self.framework.from_numpy(labels)
        return examples, labels

    def _parts(self, name: str, split: str) -> tuple[Any, Any]:
        """The same as arrays that a host can hold: of numpy where the library's own would start
        it."""
        # What is kept is given once, and read again when a process has had it: it may be written.
        key = name, split
        examples, labels = self._kept.pop(key) if key in self._kept else self._read(name, split)
        if self.device != "cpu":
            return examples.to(self.device), labels.to(self.device)
        return examples, labels

    def _read(self, name: str, split: str) -> tuple[Any, Any]:
        if self.root is None:
            raise RuntimeError("no data set was mounted")
        examples, labels = load_split(Path(self.root), name, split)
        floats = as_floats(examples)
        if not self.framework.survives_fork:
            return floats, labels
        return self.framework.from_numpy(floats), self.framework.from_numpy(labels)

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
