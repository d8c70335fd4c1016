"""What a data set is: a small class, which says what its examples are and how they are read."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from grader.errors import DatasetError
from grader.sandbox.inside.data import PLAIN

VARIANTS = ("full", "embedded")
PARTS = ("train", "public", "hidden")


@dataclass(frozen=True)
class Part:
    """Examples, and the label of each.

    examples: uint8 images (n, h, w) or (n, h, w, c), float32 rows of a table (n, columns).
    labels: (n,), whole numbers of classes, or else numbers.
    """

    examples: np.ndarray
    labels: np.ndarray

    @property
    def sha256(self) -> str:
        """A digest of types, shapes and values."""
        found = hashlib.sha256()
        for array in (self.examples, self.labels):
            found.update(f"{array.dtype.str} {array.shape}\n".encode() + array.tobytes())
        return found.hexdigest()


@dataclass(frozen=True)
class Split:
    """What is trained on, which tests everybody may see, and which nobody sees but the grader."""

    train: Part
    public: Part
    hidden: Part

    @classmethod
    def of(cls, train: Part, test: Part) -> Split:
        """With the first fifth of a test set for the public one."""
        shown = len(test.labels) // 5
        public = Part(test.examples[:shown], test.labels[:shown])
        return cls(train, public, Part(test.examples[shown:], test.labels[shown:]))


class DatasetSpec:
    """A data set. A subclass says what its examples are, either `image` or `columns`, and has
    `read`, or `make` where it needs no files.

    image: the shape of an image: (h, w) of a grey one, (h, w, 3) or (h, w, 4) of one in colour.
    columns: names of the columns of a table.
    classes: names of the classes 0, 1, …; none where labels are numbers (a regression).
    digests: by variant, "full" and perhaps "embedded", a small subset: the sha256 of each file,
        unpacked; of what is made, of the parts train, public and hidden.
    folder: where the package has the files of "full"; they may be .gz or .xz, too. embedded: where
        it has those of the subset. system: where a package of the system has them.
    is_fetched: students' notebooks fetch the data themselves; else the handout has the public part.
    """

    image: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    digests: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    folder: Path | None = None
    embedded: Path | None = None
    system: Path | None = None
    is_fetched = False
    package = ""  # that brings it; "" is the grader
    revision = ""  # of its source: another one may split the same files in another way

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, files: Mapping[str, bytes]) -> Split:
        """The parts, from the contents of the files, which are what `digests` says."""
        raise NotImplementedError

    def make(self) -> Split:
        """The parts of a data set without files."""
        raise NotImplementedError

    def download(self, folder: Path) -> str:
        """Write the files into `folder` and return from where they are; "" where there is no
        download. An OSError is no fault: the next place is asked."""
        return ""

    def for_notebooks(self, train: Part, public: Part) -> Mapping[str, bytes]:
        """What notebooks read of the public parts, by its place in the data folder. A table is also
        there as train.csv and test.csv."""
        if not self.columns:
            return {}
        parts = {"train": train, "test": public}
        return {f"{self.name}/{split}.csv": self._csv(part) for split, part in parts.items()}

    def public_files(self, train: Part, public: Part) -> Mapping[str, bytes]:
        """All that a sandbox may see, by its place in the data folder."""
        files = dict(self.for_notebooks(train, public))
        for names, part in ((PLAIN["train"], train), (PLAIN["test"], public)):
            for name, array in zip(names, (part.examples, part.labels), strict=True):
                files[f"{self.name}/{name}"] = npy(array)
        return files

    def sha256_of(self, variant: str, split: Split) -> str:
        """The digest that records name: one over the digests of the parts."""
        return listed({name: getattr(split, name).sha256 for name in PARTS})

    @property
    def is_made(self) -> bool:
        """Whether it needs no files."""
        return type(self).make is not DatasetSpec.make

    def verified(self, split: Split) -> Split:
        """The parts with labels of one type. Raises DatasetError where they are not what the class
        says of them."""
        if not isinstance(split, Split):
            raise self.error(f"its parts are {split!r:.60}, not a Split")
        return Split(*(self._verified(name, getattr(split, name)) for name in PARTS))

    def error(self, text: str) -> DatasetError:
        """What is wrong with the class itself."""
        package = f" of {self.package}" if self.package else ""
        return DatasetError(f"The data set {self.name!r}{package}: {text}.")

    def verify(self) -> None:
        """Raises DatasetError where the class does not say what it has to."""
        if bool(self.image) == bool(self.columns):
            raise self.error("either `image` or `columns` says what its examples are")
        whole = all(isinstance(size, int) and size > 0 for size in self.image)
        if self.image and not (whole and len(self.image) in (2, 3) and self.image[2:] in COLOURS):
            text = "`image` is (height, width), (height, width, 3) or (height, width, 4), not"
            raise self.error(f"{text} {self.image!r}")
        for field in ("columns", "classes"):
            names = getattr(self, field)
            if not _are_names(names) or (field == "classes" and len(names) == 1):
                raise self.error(f"`{field}` are different names in a tuple, not {names!r:.80}")
        if not self.digests or not {*self.digests} <= {*VARIANTS}:
            raise self.error(f"`digests` are those of {' or '.join(VARIANTS)}")
        if self.is_made and {*self.digests} != {"full"}:
            raise self.error("what is made has the `digests` of full alone")

    def _verified(self, name: str, part: Part) -> Part:
        examples, labels = np.asarray(part.examples), np.asarray(part.labels)
        shape = self.image or (len(self.columns),)
        dtype = np.dtype(np.uint8 if self.image else np.float32)
        if examples.dtype != dtype or examples.shape[1:] != shape or not len(examples):
            wanted = ", ".join(map(str, ("n", *shape)))
            raise self.error(
                f"the examples of {name} are {examples.dtype} {examples.shape}, not {dtype} "
                f"({wanted})"
            )
        if labels.shape != examples.shape[:1] or labels.dtype.kind not in "iuf":
            text = f"the labels of {name} are {labels.dtype} {labels.shape}, not"
            raise self.error(f"{text} ({len(examples)},)")
        if self.classes and (labels.dtype.kind == "f" or not _are_classes(labels, self.classes)):
            raise self.error(
                f"the labels of {name} are not all whole numbers from 0 to {len(self.classes) - 1}"
            )
        if not np.isfinite(labels).all():
            raise self.error(f"the labels of {name} are not all finite")
        kind = np.int64 if self.classes else np.float32
        return Part(np.ascontiguousarray(examples), np.ascontiguousarray(labels, kind))

    def _csv(self, part: Part) -> bytes:
        """A table with its labels in the last column, the names of the classes among them."""
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow([*self.columns, "label"])
        for row, label in zip(part.examples, part.labels):
            rows.writerow([*map(str, row), self.classes[label] if self.classes else str(label)])
        return text.getvalue().encode()


COLOURS = ((), (3,), (4,))  # channels of an image: grey, RGB, RGBA


def _are_names(names: Sequence[str]) -> bool:
    is_tuple = isinstance(names, tuple) and all(isinstance(name, str) for name in names)
    return is_tuple and len({*names}) == len(names)


def _are_classes(labels: np.ndarray, classes: Sequence[str]) -> bool:
    return bool(labels.min() >= 0 and labels.max() < len(classes))


def npy(array: np.ndarray) -> bytes:
    """A .npy file of numbers."""
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=(1, 0), allow_pickle=False)
    return file.getvalue()


def listed(digests: Mapping[str, str]) -> str:
    """The sha256 of digests and names, as sha256sum prints them."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in digests.items())
    return hashlib.sha256(lines.encode()).hexdigest()
