"""The part for TensorFlow, which course files import by `from d2l import tensorflow as d2l`."""

import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from d2l.drawing import ProgressBoard

__all__ = [
    "Classifier",
    "HyperParameters",
    "Module",
    "ProgressBoard",
    "add_to_class",
    "np",
    "tf",
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


class Module(tf.keras.Model, HyperParameters):
    """Base of models: a subclass gives `loss`, and `net` or `forward`."""

    def __init__(self, plot_train_per_epoch: float = 2, plot_valid_per_epoch: float = 1) -> None:
        super().__init__()
        del self.loss  # Keras 3 has an attribute of this name, which would hide the method
        self.save_hyperparameters()

    def loss(self, y_hat: Any, y: Any) -> Any:
        """Not known here."""
        raise NotImplementedError("the model has no method `loss`")

    def plot(self, key: str, value: Any, train: bool) -> None:
        """Do nothing: there is no trainer, whose curves it would be."""

    def forward(self, X: Any) -> Any:
        """Return the predictions of self.net."""
        return self.net(X)

    def call(self, X: Any, *args: Any) -> Any:
        """Return the predictions of self.forward."""
        return self.forward(X, *args)

    def training_step(self, batch: Sequence[Any]) -> Any:
        """Return the loss of a batch, whose last element are the labels."""
        return self.loss(self(*batch[:-1]), batch[-1])

    def validation_step(self, batch: Sequence[Any]) -> None:
        """Plot the loss of a batch."""
        self.plot("loss", self.loss(self(*batch[:-1]), batch[-1]), train=False)

    def configure_optimizers(self) -> Any:
        """Return gradient descent with the step self.lr."""
        return tf.keras.optimizers.SGD(self.lr)


class Classifier(Module):
    """Base of models whose predictions are scores (…, c) and whose labels are classes."""

    def validation_step(self, batch: Sequence[Any]) -> None:
        """Plot loss and accuracy of a batch."""
        y_hat = self(*batch[:-1])
        self.plot("loss", self.loss(y_hat, batch[-1]), train=False)
        self.plot("acc", self.accuracy(y_hat, batch[-1]), train=False)

    def accuracy(self, y_hat: Any, y: Any, averaged: bool = True) -> Any:
        """Return the fraction of correct predictions, or 1.0 and 0.0 for each."""
        classes = tf.argmax(tf.reshape(y_hat, (-1, y_hat.shape[-1])), axis=1)
        correct = tf.cast(tf.cast(classes, y.dtype) == tf.reshape(y, (-1,)), tf.float32)
        return tf.reduce_mean(correct) if averaged else correct

    def loss(self, y_hat: Any, y: Any, averaged: bool = True) -> Any:
        """Return the mean cross entropy of logits, or that of each prediction."""
        scores, labels = tf.reshape(y_hat, (-1, y_hat.shape[-1])), tf.reshape(y, (-1,))
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=scores)
        return tf.reduce_mean(losses) if averaged else losses


def __getattr__(name: str) -> Any:
    raise AttributeError(f"the course's d2l for TensorFlow here has no `{name}`")
