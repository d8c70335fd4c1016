"""What the course documents print about Fashion-MNIST holds for the data that checks train on."""

from __future__ import annotations

import pytest
import torch

from grader.course import datasets
from grader.sandbox.inside.data import PublicData, load_split


@pytest.fixture(scope="module")
def fashion():
    found = datasets.find("FashionMNIST")
    if found.variant != "full":
        pytest.skip("the documents are about the full Fashion-MNIST, which is not here")
    return found


def test_first_test_labels(fashion):
    """The first 32 labels of the test set are those that document 000 prints."""
    _, labels = load_split(fashion.public_root, "FashionMNIST", "test")

    printed = "9 2 1 1 6 1 4 6 5 7 4 5 7 3 4 1 2 4 8 0 2 5 7 9 1 4 6 0 9 3 8 8"
    assert labels[:32].tolist() == [int(label) for label in printed.split()]


def test_batch_of_images(fashion):
    """A batch is as document 000 prints it: float32, (32, 1, 28, 28), from 0 to 1."""
    X, y = next(iter(PublicData(str(fashion.public_root)).batches("FashionMNIST", "train", 32)))

    assert (X.dtype, X.shape, y.shape) == (torch.float32, (32, 1, 28, 28), (32,))
    assert (float(X.min()), float(X.max())) == (0.0, 1.0)
