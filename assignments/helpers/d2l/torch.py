"""The helpers of the course that submissions import most often, in plain PyTorch."""

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

LABELS = "t-shirt,trouser,pullover,dress,coat,sandal,shirt,sneaker,bag,ankle boot".split(",")  # noqa: SIM905


def __getattr__(name: str) -> Any:
    """Give `d2l.plt` when somebody asks for it: matplotlib is slow to import."""
    if name == "plt":
        from matplotlib import pyplot

        return pyplot
    raise AttributeError(f"this stand-in for d2l has no {name!r}")


def synthetic_data(w: Tensor, b: Tensor | float, num_examples: int) -> tuple[Tensor, Tensor]:
    """Draw X from N(0, 1) and return X with y = Xw + b + noise, y of shape (num_examples, 1)."""
    X = torch.randn(num_examples, len(w))
    y = X @ w.reshape(-1) + b + 0.01 * torch.randn(num_examples)
    return X, y.reshape(-1, 1)


def load_array(data_arrays: Sequence[Tensor], batch_size: int, is_train: bool = True) -> DataLoader:
    """Return the batches of some tensors of equal length, shuffled for training."""
    return DataLoader(TensorDataset(*data_arrays), batch_size, shuffle=is_train)


def get_dataloader_workers() -> int:
    """Return the number of extra processes for loading: none, which works everywhere."""
    return 0


def load_data_fashion_mnist(batch_size: int, resize: Any = None) -> tuple[DataLoader, DataLoader]:
    """Return the training and the test batches of Fashion-MNIST, looked up in ../data."""
    from torchvision import datasets, transforms

    steps = [transforms.Resize(resize)] if resize else []
    transform = transforms.Compose([*steps, transforms.ToTensor()])
    train = datasets.FashionMNIST("../data", True, transform, download=True)
    test = datasets.FashionMNIST("../data", False, transform, download=True)
    return DataLoader(train, batch_size, shuffle=True), DataLoader(test, batch_size)


def get_fashion_mnist_labels(labels: Iterable[Any]) -> list[str]:
    """Turn class numbers into words."""
    return [LABELS[int(label)] for label in labels]


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
    """Measures intervals of time in seconds."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.start()

    def start(self) -> None:
        """Start an interval."""
        self._started = time.perf_counter()

    def stop(self) -> float:
        """End the interval and return its length."""
        self.times.append(time.perf_counter() - self._started)
        return self.times[-1]

    def sum(self) -> float:
        """Return the length of all intervals together."""
        return sum(self.times)


class Animator:
    """Collects the points of some curves in X and Y; it draws nothing."""

    def __init__(self, *args: Any, legend: Sequence[str] | None = None, **options: Any) -> None:
        self.legend = list(legend or [])
        self.X: list[list[Any]] = []
        self.Y: list[list[Any]] = []

    def add(self, x: Any, y: Any) -> None:
        """Add one point to each curve; a y of None leaves its curve as it is."""
        ys = list(y) if hasattr(y, "__len__") else [y]
        xs = list(x) if hasattr(x, "__len__") else [x] * len(ys)
        self.X = self.X or [[] for _ in ys]
        self.Y = self.Y or [[] for _ in ys]
        for curve, (a, b) in enumerate(zip(xs, ys)):
            if a is not None and b is not None:
                self.X[curve].append(a)
                self.Y[curve].append(b)


def use_svg_display() -> None:
    """Do nothing: the stand-in leaves the display as it is."""


def set_axes(axes: Any, *settings: Any) -> None:
    """Set xlabel, ylabel, xlim, ylim, xscale, yscale and legend, given in this order."""
    names = ("xlabel", "ylabel", "xlim", "ylim", "xscale", "yscale")
    axes.set(**dict(zip(names, settings)))
    if settings[6:] and settings[6]:
        axes.legend(settings[6])
    axes.grid()


def show_images(
    imgs: Iterable[Any], num_rows: int, num_cols: int, titles: Any = None, scale: float = 1.5
) -> Any:
    """Draw images in a grid and return the axes."""
    from matplotlib import pyplot

    size = (num_cols * scale, num_rows * scale)
    axes = pyplot.subplots(num_rows, num_cols, figsize=size, squeeze=False)[1].flatten()
    for ax, image, title in zip(axes, imgs, titles or [""] * len(axes)):
        ax.imshow(image)
        ax.axis("off")
        ax.set_title(title)
    return axes


def add_to_class(cls: type) -> Callable[[Callable[..., Any]], None]:
    """Make a decorator that adds a function to a class as a method."""
    return lambda function: setattr(cls, function.__name__, function)


class Module(nn.Module):
    """Base of the course's models; `forward` asks self.net unless a subclass says otherwise."""

    def save_hyperparameters(self, ignore: Sequence[str] = ()) -> None:
        """Keep the arguments of the calling __init__ as attributes."""
        for name, value in sys._getframe(1).f_locals.items():
            if name != "self" and not name.startswith("_") and name not in ignore:
                setattr(self, name, value)

    def forward(self, X: Tensor) -> Any:
        """Return the predictions of self.net."""
        return self.net(X)  # type: ignore[operator]

    def plot(self, key: str, value: Any, train: bool) -> None:
        """Do nothing: the stand-in draws no curves."""
