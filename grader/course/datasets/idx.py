"""Data sets in the format of MNIST: four idx files, which torchvision reads as they are."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import ClassVar
from urllib.request import urlopen

import numpy as np

from grader.course.datasets.spec import DatasetSpec, Part, Split, listed
from grader.sandbox.inside.data import TEST, TRAIN, idx_array

FILES = TRAIN + TEST
SHIPPED = Path(__file__).absolute().parents[1] / "data"


class IdxImages(DatasetSpec):
    """Grey images in idx files: <name>/raw/*-ubyte, of which t10k-* have the first fifth in public.

    mirror: an address with a / at its end; the files lie below it as .gz.
    """

    image = (28, 28)
    mirror = ""
    is_fetched = True  # by torchvision

    def read(self, files: Mapping[str, bytes]) -> Split:
        train, test = (
            Part(*(idx_array(files[name], name) for name in names)) for names in (TRAIN, TEST)
        )
        return Split.of(train, test)

    def public_files(self, train: Part, public: Part) -> Mapping[str, bytes]:
        arrays = (train.examples, train.labels, public.examples, public.labels)
        return {
            f"{self.name}/raw/{name}": idx(array.astype(np.uint8))
            for name, array in zip(FILES, arrays, strict=True)
        }

    def sha256_of(self, variant: str, split: Split) -> str:
        return listed(self.digests[variant])

    def download(self, folder: Path) -> str:
        # Asked directly: importing torch, for torchvision's own download, takes seconds.
        try:
            for file in reversed(FILES) if self.mirror else ():  # a small one first
                with urlopen(f"{self.mirror}{file}.gz", timeout=3) as answer:
                    Path(folder, f"{file}.gz").write_bytes(answer.read())
        except HTTPException as error:
            raise OSError(str(error)) from error
        return self.mirror


def _digests(*found: str) -> dict[str, str]:
    return dict(zip(FILES, found, strict=True))


class FashionMNIST(IdxImages):
    """Clothes. Full: Debian's dataset-fashion-mnist 0.0~git20200523. Embedded: printed by
    benchmarks/make_embedded_subset.py."""

    classes = (
        *("t-shirt", "trouser", "pullover", "dress", "coat"),
        *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
    )
    digests: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "full": _digests(
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
        "embedded": _digests(
            "9e74f80ba62799d81d9b0f348cf4d2440314689884458ab6dca2004dc6cf9bf7",
            "27fd5086e5a76abb29e73bb7a1e2e16f174b15c76f2587baba28b205f346bd8f",
            "a8a134b57bd3d9a41406ffeaa37d06187e7ec67ab5a60444ab20dcafb6f9e9b7",
            "6ee500b30a311cdfff665fd7271db9e4ca68d7ebb5ff4221357b3dd3adfc0da7",
        ),
    }
    system = Path("/usr/share/datasets/fashion-mnist")
    embedded = SHIPPED / "FashionMNIST"
    mirror = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"  # torchvision's


class MNIST(IdxImages):
    """Handwritten digits: the original files."""

    classes = tuple("0123456789")
    digests: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "full": _digests(
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    }
    mirror = "https://ossci-datasets.s3.amazonaws.com/mnist/"  # torchvision's


def write_idx(path: Path, array: np.ndarray) -> None:
    """Write a uint8 array as a plain idx file; ValueError for another dtype or no dimensions."""
    path.write_bytes(idx(array))


def idx(array: np.ndarray) -> bytes:
    """An idx file of a uint8 array; ValueError for another dtype or no dimensions."""
    if array.dtype != np.uint8 or array.ndim == 0:
        raise ValueError(f"only uint8 arrays with dimensions can be written, not {array.dtype}.")
    header = bytes((0, 0, 8, array.ndim)) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return header + array.tobytes()
