"""Its helpers: those of d2l, and those that have other arguments or do something else here."""

import random
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import torch
from d2l.torch import (
    Accumulator,
    F,
    accuracy,
    data_iter,
    display,
    get_fashion_mnist_labels,
    linreg,
    load_data_fashion_mnist,
    nn,
    plt,
    set_figsize,
    show_images,
    squared_loss,
    torchvision,
    transforms,
    use_svg_display,
)
from torch import Tensor


def sgd(params: Iterable[Tensor], lr: float, batch_size: int) -> None:
    """Make one step of minibatch gradient descent in place; the caller clears the gradients."""
    for param in params:
        param.data -= lr * param.grad / batch_size


def evaluate_accuracy(
    data_iter: Iterable[Any],  # noqa: F811
    net: Callable[[Tensor], Tensor],
    device: Any = None,
) -> float:
    """Return the fraction of correct predictions on a data set; a module goes on training."""
    counts = Accumulator(2)
    training = isinstance(net, nn.Module) and net.training
    if training:
        net.eval()
    with torch.no_grad():
        for X, y in data_iter:
            counts.add(accuracy(net(X.to(device)), y.to(device)), y.numel())
    if training:
        net.train()
    return counts[0] / counts[1]


def train_ch3(
    net: Callable[[Tensor], Tensor],
    train_iter: Iterable[Any],
    test_iter: Iterable[Any],
    loss: Callable[[Tensor, Tensor], Tensor],
    num_epochs: int,
    batch_size: int,
    params: Sequence[Tensor] | None = None,
    lr: float | None = None,
    optimizer: Any = None,
) -> None:
    """Train for some epochs and print the metrics of each: by an optimizer of PyTorch, or by sgd
    on params with lr."""
    for epoch in range(num_epochs):
        counts = Accumulator(3)
        for X, y in train_iter:
            y_hat = net(X)
            value = loss(y_hat, y).sum()
            value.backward()
            if optimizer is None:
                sgd(params, lr, batch_size)
                for param in params:
                    param.grad.zero_()
            else:
                optimizer.step()
                optimizer.zero_grad()
            counts.add(value.detach(), accuracy(y_hat, y), y.numel())
        cost, train = counts[0] / counts[2], counts[1] / counts[2]
        test = evaluate_accuracy(test_iter, net)
        print(f"epoch {epoch + 1}, loss {cost:.4f}, train acc {train:.3f}, test acc {test:.3f}")


def show_fashion_mnist(images: Sequence[Tensor], labels: Sequence[str]) -> None:
    """Show images in a row, with their labels."""
    show_images(images, 1, len(images), titles=labels)


def semilogy(*curves: Any, **options: Any) -> None:
    """Do nothing: no curves are drawn."""


class FlattenLayer(nn.Module):
    """Makes a matrix (n, p) of a batch of any shape."""

    def forward(self, x: Tensor) -> Tensor:
        """Return x as (n, p)."""
        return x.reshape(len(x), -1)
