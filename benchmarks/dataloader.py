"""The documents' data pipeline and this grader's: ten epochs, one thread, the same loss table.

    python benchmarks/dataloader.py [--epochs N] [--workers 0 4]

Trains softmax regression at batch 256 on the 60,000 images of Fashion-MNIST with the functions of
benchmarks/peers. "documents": torchvision's FashionMNIST with ToTensor behind a DataLoader.
"grader": the batches that a check hands to a submission, inside a real box, with the reading of the
data. Seeds and the order of the batches are the same, so the losses must be the same.
"""

from __future__ import annotations

import argparse
import runpy
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from rich.console import Console
from rich.table import Table

from grader.checking import in_sandbox
from grader.course import assignment as assignments
from grader.course import datasets
from grader.sandbox.host import Host
from grader.sandbox.inside import serving
from grader.sandbox.isolation import probe as isolation
from grader.sandbox.sandbox import Sandbox, Source
from grader.submissions import reading as submission

COURSE = Path(__file__).resolve().parent / "peers"


def train(submission, epochs):
    """The mean loss of each epoch."""
    torch.manual_seed(0)
    W = torch.normal(0, 0.01, (784, 10), requires_grad=True)
    b = torch.zeros(10, requires_grad=True)
    train_iter = submission.data.batches("FashionMNIST", "train", 256, shuffle=True)
    return [submission.train_epoch(W, b, train_iter, 0.1) for _ in range(epochs)]


class Shuffled(torch.utils.data.Sampler[int]):
    """As RandomSampler, but drawn from torch's own generator, as the grader's batches are."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __iter__(self) -> Iterator[int]:
        return iter(torch.randperm(self.count).tolist())

    def __len__(self) -> int:
        return self.count


def documents(root: Path, workers: int, epochs: int) -> list[float]:
    """In this process, as the documents load the data."""
    from torchvision.datasets import FashionMNIST
    from torchvision.transforms import ToTensor

    def batches(name: str, split: str, batch_size: int, shuffle: bool) -> Any:
        images = FashionMNIST(root, train=True, transform=ToTensor())
        return torch.utils.data.DataLoader(
            images,
            batch_size,
            sampler=Shuffled(len(images)),
            num_workers=workers,
            generator=torch.Generator(),  # for the workers' seeds
        )

    stubs = runpy.run_path(str(COURSE / "solutions" / "softmax" / "solution.py"))
    return train(SimpleNamespace(**stubs, data=SimpleNamespace(batches=batches)), epochs)


def grader(root: Path, epochs: int) -> tuple[list[float], float]:
    """In a box, and the seconds of it; starting the box is not among them."""
    assignment = assignments.load("softmax", COURSE)
    upload = submission.read(assignment.solution, assignment.stubs)
    source = Source(upload.cells, upload.helpers, {}, assignment.contract)
    level = isolation.choose().level
    with Host(level, root, data=("FashionMNIST",)) as host, Sandbox(source, host, 60) as sandbox:
        sandbox.load()
        with sandbox.open_check(3_600, 3_600, seed=0) as student:
            return timed(lambda: in_sandbox(train)(student, epochs))


def timed(work: Callable[[], list[float]]) -> tuple[list[float], float]:
    """What it gives, and its seconds."""
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--workers", type=int, nargs="*", default=[0, 4])
    chosen = parser.parse_args()
    serving.prepare()  # one thread, and a torchvision that can be imported
    data = datasets.find("FashionMNIST")
    runs = {"grader": grader(data.public_root, chosen.epochs)}
    for count in chosen.workers:
        runs[f"documents, {count} workers"] = timed(
            lambda count=count: documents(data.public_root, count, chosen.epochs)
        )
    table = Table("epoch", *runs, title=f"mean loss, batch 256, {data.variant} data")
    for epoch in range(chosen.epochs):
        table.add_row(str(epoch + 1), *(f"{losses[epoch]:.6f}" for losses, _ in runs.values()))
    own = runs["grader"][1]
    table.add_row("s an epoch", *(f"{s / chosen.epochs:.3f}" for _, s in runs.values()))
    table.add_row("times ours", *(f"{s / own:.2f}" for _, s in runs.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
