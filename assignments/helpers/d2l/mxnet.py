"""The part for MXNet, which course files import by `from d2l import mxnet as d2l`."""

import sys
from collections.abc import Callable, Sequence
from typing import Any

from mxnet import autograd, gluon, init, np, npx

from d2l.drawing import ProgressBoard

npx.set_np()

__all__ = [
    "SGD",
    "HyperParameters",
    "Module",
    "ProgressBoard",
    "add_to_class",
    "autograd",
    "gluon",
    "init",
    "np",
    "npx",
]


def add_to_class(cls: type) -> Callable[[Callable[..., Any]], None]:
    """Make a decorator that adds a function to a class as a method."""
    return lambda function: setattr(cls, function.__name__, function)


class HyperParameters:
    """Can keep the arguments of its __init__."""

    def save_hyperparameters(self, ignore: Sequence[str] = ()) -> None:
        """Keep the arguments of the calling __init__ as attributes, and all in `hparams`."""
        given = sys._getframe(1).f_locals.items()
        unwanted = {"self", *ignore}
        self.hparams = {k: v for k, v in given if k not in unwanted and not k.startswith("_")}
        for name, value in self.hparams.items():
            setattr(self, name, value)


class SGD(HyperParameters):
    """Gradient descent on arrays; the losses of its models are means already."""

    def __init__(self, params: Sequence[Any], lr: float) -> None:
        self.save_hyperparameters()

    def step(self, _: Any) -> None:
        """Move every array against its gradient."""
        for param in self.params:
            param -= self.lr * param.grad


class Module(gluon.nn.Block, HyperParameters):
    """Base of models: a subclass gives `loss`, and `net` or `forward`."""

    def __init__(self, plot_train_per_epoch: float = 2, plot_valid_per_epoch: float = 1) -> None:
        super().__init__()
        self.save_hyperparameters()

    def loss(self, y_hat: Any, y: Any) -> Any:
        """Not known here."""
        raise NotImplementedError("the model has no method `loss`")

    def forward(self, X: Any) -> Any:
        """Return the predictions of self.net."""
        return self.net(X)

    def plot(self, key: str, value: Any, train: bool) -> None:
        """Do nothing: there is no trainer, whose curves it would be."""

    def training_step(self, batch: Sequence[Any]) -> Any:
        """Return the loss of a batch, whose last element are the labels."""
        value = self.loss(self(*batch[:-1]), batch[-1])
        self.plot("loss", value, train=True)
        return value

    def validation_step(self, batch: Sequence[Any]) -> None:
        """Plot the loss of a batch."""
        self.plot("loss", self.loss(self(*batch[:-1]), batch[-1]), train=False)


def __getattr__(name: str) -> Any:
    raise AttributeError(f"the course's d2l for MXNet here has no `{name}`")
