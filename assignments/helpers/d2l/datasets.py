"""The data of course files: synthetic lines, batches of tensors, Fashion-MNIST."""

import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset, TensorDataset

ROOT = "../data"  # where the course keeps its data sets
LABELS = "t-shirt,trouser,pullover,dress,coat,sandal,shirt,sneaker,bag,ankle boot".split(",")  # noqa: SIM905


def synthetic_data(w: Tensor, b: Tensor | float, num_examples: int) -> tuple[Tensor, Tensor]:
    """Draw X from N(0, 1) and return X with y = Xw + b + noise, y of shape (num_examples, 1)."""
    X = torch.randn(num_examples, len(w))
    y = X @ w.reshape(-1) + b + 0.01 * torch.randn(num_examples)
    return X, y.reshape(-1, 1)


def data_iter(batch_size: int, features: Tensor, labels: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Give every example once, in batches and in random order; the last batch may be short."""
    order = list(range(len(features)))
    random.shuffle(order)
    for start in range(0, len(order), batch_size):
        picked = torch.tensor(order[start : start + batch_size])
        yield features[picked], labels[picked]


def load_array(data_arrays: Sequence[Tensor], batch_size: int, is_train: bool = True) -> DataLoader:
    """Return the batches of some tensors of equal length, shuffled for training."""
    return DataLoader(TensorDataset(*data_arrays), batch_size, shuffle=is_train)


def get_dataloader_workers() -> int:
    """Return the number of extra processes for loading: none, which works everywhere."""
    return 0


class FashionImages(Dataset):
    """Fashion-MNIST: items are an image, float32 (1, h, w) in [0, 1], and its class.

    root: the folder with FashionMNIST/raw. Where it has no files, torchvision downloads them.
    size: h and w, or one number for both; 28 unless it is given.
    """

    def __init__(self, root: Any, train: bool, size: Any = None) -> None:
        part = "train" if train else "t10k"
        raw = Path(root) / "FashionMNIST" / "raw"
        if not (raw / f"{part}-images-idx3-ubyte").is_file():
            from torchvision.datasets import FashionMNIST

            FashionMNIST(str(root), train, download=True)
        self.data = _read(raw / f"{part}-images-idx3-ubyte", 16).reshape(-1, 28, 28)
        self.targets = _read(raw / f"{part}-labels-idx1-ubyte", 8).long()
        self.size = (size, size) if isinstance(size, int) else tuple(size or (28, 28))

    def __len__(self) -> int:
        return len(self.targets)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        image = self.data[index].float().div(255).unsqueeze(0)
        if self.size != (28, 28):
            options: Any = {"mode": "bilinear", "antialias": True}
            image = functional.interpolate(image.unsqueeze(0), self.size, **options).squeeze(0)
        return image, int(self.targets[index])


def _read(path: Path, header: int) -> Tensor:
    """The bytes of an idx file behind its header."""
    return torch.from_numpy(np.fromfile(path, np.uint8, offset=header))


def load_data_fashion_mnist(batch_size: int, resize: Any = None) -> tuple[DataLoader, DataLoader]:
    """Return the training and the test batches of Fashion-MNIST, looked up in ../data."""
    train, test = FashionImages(ROOT, True, resize), FashionImages(ROOT, False, resize)
    return DataLoader(train, batch_size, shuffle=True), DataLoader(test, batch_size)


def get_fashion_mnist_labels(labels: Iterable[Any]) -> list[str]:
    """Turn class numbers into words."""
    return [LABELS[int(label)] for label in labels]
