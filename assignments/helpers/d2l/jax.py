"""The part for JAX, which course files import by `from d2l import jax as d2l`."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import field
from functools import partial
from typing import Any

import flax
import jax
import numpy as np
import optax
from flax import linen as nn
from flax.training import train_state
from jax import grad, vmap
from jax import numpy as jnp

from d2l.drawing import ProgressBoard

__all__ = [
    "Classifier",
    "HyperParameters",
    "Module",
    "ProgressBoard",
    "add_to_class",
    "field",
    "flax",
    "grad",
    "jax",
    "jnp",
    "nn",
    "np",
    "optax",
    "partial",
    "train_state",
    "vmap",
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


class Module(nn.Module, HyperParameters):
    """Base of models: a subclass gives `loss`, and `net` or `forward`."""

    def plot(self, key: str, value: Any, train: bool) -> None:
        """Do nothing: there is no trainer, whose curves it would be."""

    def loss(self, params: Any, X: Any, Y: Any, state: Any, averaged: bool = True) -> Any:
        """Not known here."""
        raise NotImplementedError("the model has no method `loss`")

    def forward(self, X: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the predictions of self.net."""
        return self.net(X, *args, **kwargs)

    def __call__(self, X: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the predictions of self.forward."""
        return self.forward(X, *args, **kwargs)

    def training_step(self, params: Any, batch: Sequence[Any], state: Any) -> Any:
        """Return the loss of a batch and its gradients."""
        return jax.value_and_grad(self.loss)(params, batch[:-1], batch[-1], state)

    def validation_step(self, params: Any, batch: Sequence[Any], state: Any) -> None:
        """Plot the loss of a batch."""
        self.plot("loss", self.loss(params, batch[:-1], batch[-1], state), train=False)

    def configure_optimizers(self) -> Any:
        """Return gradient descent with the step self.lr."""
        return optax.sgd(self.lr)


class Classifier(Module):
    """Base of models whose predictions are scores (…, c) and whose labels are classes."""

    def training_step(self, params: Any, batch: Sequence[Any], state: Any) -> Any:
        """Return the loss of a batch, with its auxiliary data, and its gradients."""
        gradient = jax.value_and_grad(self.loss, has_aux=True)
        return gradient(params, batch[:-1], batch[-1], state)

    def validation_step(self, params: Any, batch: Sequence[Any], state: Any) -> None:
        """Plot loss and accuracy of a batch."""
        loss, _ = self.loss(params, batch[:-1], batch[-1], state)
        self.plot("loss", loss, train=False)
        accuracy = self.accuracy(params, batch[:-1], batch[-1], state)
        self.plot("acc", accuracy, train=False)

    def accuracy(self, params: Any, X: Any, Y: Any, state: Any, averaged: bool = True) -> Any:
        """Return the fraction of correct predictions, or 1.0 and 0.0 for each."""
        scores = state.apply_fn({"params": params, "batch_stats": state.batch_stats}, *X)
        classes = scores.reshape((-1, scores.shape[-1])).argmax(axis=1)
        correct = (classes.astype(Y.dtype) == Y.reshape(-1)).astype(jnp.float32)
        return correct.mean() if averaged else correct

    def loss(self, params: Any, X: Any, Y: Any, state: Any, averaged: bool = True) -> Any:
        """Return the mean cross entropy of logits, or that of each prediction, and no data."""
        scores = state.apply_fn({"params": params}, *X)
        scores = scores.reshape((-1, scores.shape[-1]))
        losses = optax.softmax_cross_entropy_with_integer_labels(scores, Y.reshape(-1))
        return (losses.mean() if averaged else losses), {}


def __getattr__(name: str) -> Any:
    raise AttributeError(f"the course's d2l for JAX here has no `{name}`")
