"""The functions for linear and softmax regression: losses, steps, metrics, training."""

import time
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from d2l.datasets import get_fashion_mnist_labels
from d2l.drawing import Animator, show_images


def linreg(X: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Return the predictions of linear regression."""
    return X @ w + b


def squared_loss(y_hat: Tensor, y: Tensor) -> Tensor:
    """Return half the squared error, element by element."""
    return (y_hat - y.reshape(y_hat.shape)).square() / 2


def sgd(params: Iterable[Tensor], lr: float, batch_size: int) -> None:
    """Make one step of minibatch gradient descent in place and clear the gradients."""
    with torch.no_grad():
        for param in params:
            assert param.grad is not None, "call backward() before sgd"
            param.sub_(lr * param.grad / batch_size)
            param.grad.zero_()


class Accumulator:
    """Keeps n running sums."""

    def __init__(self, n: int) -> None:
        self.data = [0.0] * n

    def add(self, *args: Any) -> None:
        """Add each argument to the sum in its place."""
        self.data = [total + float(value) for total, value in zip(self.data, args)]

    def reset(self) -> None:
        """Set all sums to zero."""
        self.data = [0.0] * len(self.data)

    def __getitem__(self, index: int) -> float:
        return self.data[index]


class Timer:
    """Measures intervals of time in seconds; the first one starts at once."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.start()

    def start(self) -> None:
        """Start an interval."""
        self.tik = time.time()

    def stop(self) -> float:
        """End the interval and return its length."""
        self.times.append(time.time() - self.tik)
        return self.times[-1]

    def avg(self) -> float:
        """Return the mean length of an interval."""
        return sum(self.times) / len(self.times)

    def sum(self) -> float:
        """Return the length of all intervals together."""
        return sum(self.times)

    def cumsum(self) -> list[float]:
        """Return for each interval its length and that of all before it."""
        return [sum(self.times[: end + 1]) for end in range(len(self.times))]


def accuracy(y_hat: Tensor, y: Tensor) -> float:
    """Return the number of correct predictions; y_hat holds scores (n, c) or classes (n,)."""
    if y_hat.ndim > 1 and y_hat.shape[1] > 1:
        y_hat = y_hat.argmax(dim=1)
    return float((y_hat.to(y.dtype) == y).sum())


def evaluate_accuracy(net: Callable[[Tensor], Tensor], data_iter: Iterable[Any]) -> float:
    """Return the fraction of correct predictions on a data set."""
    if isinstance(net, nn.Module):
        net.eval()
    with torch.no_grad():
        counts = [(accuracy(net(X), y), y.numel()) for X, y in data_iter]
    return sum(correct for correct, _ in counts) / sum(examples for _, examples in counts)


def evaluate_loss(
    net: Callable[[Tensor], Tensor], data_iter: Iterable[Any], loss: Callable[..., Tensor]
) -> float:
    """Return the mean of the losses of all elements of a data set."""
    total, elements = 0.0, 0
    with torch.no_grad():
        for X, y in data_iter:
            out = net(X)
            each = loss(out, y.reshape(out.shape))
            total, elements = total + float(each.sum()), elements + each.numel()
    return total / elements


def train_epoch_ch3(
    net: Any, train_iter: Iterable[Any], loss: Callable[..., Tensor], updater: Any
) -> tuple[float, float]:
    """Train for one epoch and return loss and accuracy per example.

    loss: gives one value for each example. updater: an optimizer of PyTorch, or a function that
    makes a step when it is given the batch size.
    """
    if isinstance(net, nn.Module):
        net.train()
    total, correct, examples = 0.0, 0.0, 0
    for X, y in train_iter:
        y_hat = net(X)
        each = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            each.mean().backward()
            updater.step()
        else:
            each.sum().backward()
            updater(len(X))
        total, correct = total + each.detach().sum().item(), correct + accuracy(y_hat, y)
        examples += y.numel()
    return total / examples, correct / examples


def train_ch3(
    net: Any,
    train_iter: Iterable[Any],
    test_iter: Iterable[Any],
    loss: Callable[..., Tensor],
    num_epochs: int,
    updater: Any,
) -> None:
    """Train for some epochs; the curves go to an Animator."""
    animator = Animator(xlabel="epoch", legend=["train loss", "train acc", "test acc"])
    for epoch in range(num_epochs):
        metrics = train_epoch_ch3(net, train_iter, loss, updater)
        animator.add(epoch + 1, (*metrics, evaluate_accuracy(net, test_iter)))


def predict_ch3(net: Callable[[Tensor], Tensor], test_iter: Iterable[Any], n: int = 6) -> None:
    """Show the first n images with their true and predicted labels."""
    X, y = next(iter(test_iter))
    pairs = zip(get_fashion_mnist_labels(y), get_fashion_mnist_labels(net(X).argmax(dim=1)))
    titles = [f"{true}\n{predicted}" for true, predicted in pairs]
    show_images(X[:n].reshape(-1, 28, 28), 1, n, titles=titles[:n])


def cpu() -> torch.device:
    """Return the processor."""
    return torch.device("cpu")


def gpu(i: int = 0) -> torch.device:
    """Return the GPU of number i, whether there is one or not."""
    return torch.device(f"cuda:{i}")


def num_gpus() -> int:
    """Return the number of GPUs."""
    return torch.cuda.device_count()


def try_gpu(i: int = 0) -> torch.device:
    """Return the GPU of number i, or the processor where there is none."""
    return gpu(i) if num_gpus() > i else cpu()


def try_all_gpus() -> list[torch.device]:
    """Return all GPUs, or the processor where there is none."""
    return [gpu(i) for i in range(num_gpus())] or [cpu()]
