"""Makes the Fashion-MNIST subset that is shipped in the package: grader/course/data/FashionMNIST.

    python -m benchmarks.make_embedded_subset [--source DIR] [--out DIR]

Takes 1,000 training and 200 test images of each class, in an order shuffled with a fixed seed,
so that every prefix (a public fifth, a small batch) holds the classes in roughly equal parts.
Writes the four packed idx files and SHA256SUMS, whose digests are those of the unpacked content,
and prints them for the class in grader/course/datasets/idx.py. A second run gives the same bytes
(the packed ones too, with the same version of liblzma).
"""

from __future__ import annotations

import argparse
import hashlib
import lzma
from pathlib import Path

import numpy as np

from grader.course.datasets.idx import FashionMNIST, write_idx
from grader.sandbox.inside.data import TEST, TRAIN, read_idx

SEED = 2017  # any number: the shipped files are those of this one


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--source", type=Path, default=FashionMNIST.system, help="the four .gz files"
    )
    parser.add_argument("--out", type=Path, default=FashionMNIST.embedded)
    options = parser.parse_args()

    full = read_full_set(options.source)
    options.out.mkdir(parents=True, exist_ok=True)
    sums = ""
    for (images, labels), per_class in ((TRAIN, 1_000), (TEST, 200)):
        chosen = shuffled_and_balanced(full[labels], per_class)
        for file in (images, labels):
            sums += f"{write_packed(options.out / file, full[file][chosen])}  {file}\n"
    (options.out / "SHA256SUMS").write_text(sums)
    print(sums, end="")


def read_full_set(folder: Path) -> dict[str, np.ndarray]:
    """Read the full set; stop if one of its files is not the published one."""
    full = {}
    for file, digest in FashionMNIST.digests["full"].items():
        packed = folder / f"{file}.gz"
        full[file] = read_idx(packed)
        header = bytes((0, 0, 8, full[file].ndim)) + np.array(full[file].shape, ">u4").tobytes()
        if hashlib.sha256(header + full[file].tobytes()).hexdigest() != digest:
            raise SystemExit(f"{packed} is not the published file: expected sha256 {digest}.")
    return full


def shuffled_and_balanced(labels: np.ndarray, per_class: int) -> np.ndarray:
    """Choose `per_class` images of each of the ten classes; return their indices, shuffled."""
    # RandomState, because its stream is promised never to change; a Generator's may.
    order = np.random.RandomState(SEED).permutation(len(labels))
    first = [order[labels[order] == label][:per_class] for label in range(10)]
    return order[np.isin(order, np.concatenate(first))]


def write_packed(path: Path, array: np.ndarray) -> str:
    """Write `array` as the idx file path.xz; return the sha256 of the unpacked content."""
    write_idx(path, array)
    content = path.read_bytes()
    path.unlink()
    path.with_name(f"{path.name}.xz").write_bytes(
        lzma.compress(content, preset=9 | lzma.PRESET_EXTREME)
    )
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    main()
