# %% [markdown]
# # A base class for classifiers, in JAX
#
# Softmax regression, a multilayer perceptron, a network with a hundred layers: as classifiers they
# differ in one place only, in how they turn an input into scores. The loss, its gradients, the
# accuracy, what is measured on validation data and the optimizer are the same every time. So they
# are written once, in a base class, and every later model inherits them.
#
# In JAX nothing is changed in place. A model is a description without numbers; its parameters are a
# nested dictionary of arrays, `params`, that is given to every function, and a training step makes
# new ones. What else a training carries along, it carries in a `state`.
#
# You fill in six pieces, called *stubs*:
#
# | part | stubs |
# |---|---|
# | the class `Classifier` | `loss`, `training_step`, `accuracy` |
# | | `validation_step`, `configure_optimizers` |
# | one step of the training | `next_state` |
#
# **How to work.** Write your code where it says `YOUR CODE HERE` and delete the line that raises
# `NotImplementedError`. Keep the names and the arguments. Apart from that the notebook is yours:
# add cells, print, plot.
#
# **What is checked.** Each stub is checked on its own, with small inputs. The checks make their
# own subclasses of your `Classifier`, and where one method needs another one, they put a correct
# version in its place. No check asks for more than what this text says.
#
# **What you may use.** Everything in JAX, flax and optax, their ready-made cross entropy and
# optimizers too. Whether you compile a function with `jax.jit` is up to you.
#
# **Shapes.** $n$ is the number of examples in a batch and $c$ the number of classes. The last batch
# may be smaller than the others.

# %%
from functools import partial
from typing import Any

import jax
import matplotlib.pyplot as plt
import numpy as np
import optax
from flax import linen as nn
from flax.training import train_state
from jax import numpy as jnp

# %% [markdown]
# ## The state
#
# The state of a training is given. It holds the function `apply_fn` that computes the model, the
# parameters `params`, the optimizer `tx` with its own state, and the running statistics
# `batch_stats` that layers of batch normalization keep; a model without such layers has `{}` there.
#
# `state.apply_fn({"params": params, "batch_stats": state.batch_stats}, *X)` computes the logits of
# the inputs `X`. With `mutable=["batch_stats"]` in addition it returns a pair: the logits, and a
# dictionary of the statistics that have been changed, `{"batch_stats": …}`; of a model without such
# layers it holds no array, `{"batch_stats": {}}`.


# %%
class TrainState(train_state.TrainState):
    """flax's state of a training, and the statistics of batch normalization."""

    batch_stats: Any


def make_state(model, X, key=0):
    """Return the state of a training that begins: random parameters for inputs like the tuple X."""
    variables = model.init(jax.random.PRNGKey(key), *X)
    return TrainState.create(
        apply_fn=model.apply,
        params=variables["params"],
        tx=model.configure_optimizers(),
        batch_stats=variables.get("batch_stats", {}),
    )


# %% [markdown]
# ## The class
#
# The five methods are written one after the other below. The first line of the class is given: it
# keeps the learning rate as `self.lr`. A subclass adds `__call__`, which turns inputs into
# **logits**: one number per class, not yet probabilities.
#
# ### 1. `loss(params, X, Y, state, averaged=True)`
#
# `X` is the **tuple of all inputs**: most models have one, some have two. Compute the logits with
# `state.apply_fn`, with these `params` (not `state.params`) and the statistics of the state, which
# may be changed by it: `mutable=["batch_stats"]`. The loss of example $i$ with the true class $y_i$
# is the cross entropy
#
# $$\ell_i = -\log \frac{\exp(\hat{y}_{i, y_i})}{\sum_{k=1}^{c} \exp(\hat{y}_{ik})}$$
#
# Return **a pair**: the loss, and as auxiliary data the dictionary of changed statistics. With
# `averaged=True` the loss is the mean over the batch, one number; with `averaged=False` it is **one
# loss per example, shape $(n,)$**. The model gives logits: do not apply softmax twice.
#
# ### 2. `training_step(params, batch, state)`
#
# The last element of a batch are the labels; **all others are inputs** of the model. Compute the
# loss of the batch and its gradients with respect to `params`: `jax.value_and_grad` with
# `has_aux=True`, since the loss returns a pair. Return `(value, grads)`, where `value` is again the
# pair of loss and auxiliary data. Ask `self.loss`: a subclass may have its own.
#
# ### 3. `accuracy(params, X, Y, state, averaged=True)`
#
# The predicted class is the one with the largest score. The accuracy is **the fraction of correct
# predictions**. Five steps:
#
# 1. Compute the scores with `state.apply_fn`; nothing is changed now.
# 2. Flatten: scores of shape $(n, t, c)$ (for example $t$ words in each of $n$ sentences) become
#    $(n t, c)$, labels of shape $(n, t)$ become $(n t,)$. Scores $(n, c)$ stay as they are. The
#    classes are always the **last** dimension.
# 3. Predict: the place of the largest score in each row.
# 4. Compare with the labels, in their dtype.
# 5. With `averaged=True` return the mean, one number; with `averaged=False` a **flat float32
#    vector**, 1 for every correct and 0 for every wrong prediction, of shape $(n,)$ or $(n t,)$.
#
# `self` and `averaged` are no arrays: for `jax.jit` they are static, `static_argnums=(0, 5)`.
#
# ### 4. `validation_step(params, batch, state)`
#
# What is measured on one batch of validation data: return the dictionary `{"loss": …, "acc": …}`,
# or the pair `(loss, acc)`, of the averaged loss and accuracy. Ask `self.loss`, of which the
# auxiliary data are discarded, and `self.accuracy`.
#
# ### 5. `configure_optimizers()`
#
# Return the optimizer that trains this model: plain stochastic gradient descent (`optax.sgd`, no
# momentum) with the learning rate `self.lr`.


# %%
class Classifier(nn.Module):
    """The base of all classifiers. A subclass gives `__call__`, from inputs to logits (n, c).

    Args:
        lr: the learning rate, kept as `self.lr`.
    """

    lr: float = 0.1

    @partial(jax.jit, static_argnums=(0, 5))
    def loss(self, params, X, Y, state, averaged=True):
        """Return the cross entropy of the model's logits, and what it has changed.

        Args:
            params: the parameters of the model.
            X: a tuple of all inputs of the model.
            Y: true classes, integers from 0 to c - 1, of shape (n,).
            state: the state of the training; of it apply_fn and batch_stats are used.
            averaged: whether to return the mean or one loss per example.

        Returns:
            A pair: one number (an array of shape ()) or an array of shape (n,), and a dictionary.

        Example:
            For logits [[0, 0]] and Y = [1] the loss is 0.6931, or [0.6931] if not averaged.
        """
        # YOUR CODE HERE
        raise NotImplementedError("Classifier.loss: your code is still missing")

    def training_step(self, params, batch, state):
        """Return the loss of one batch with its auxiliary data, and the gradients.

        Args:
            params: the parameters of the model.
            batch: a tuple or list; the last element are the labels, all others are inputs.
            state: the state of the training.

        Returns:
            ((loss, aux), grads), where grads has the structure of params.

        Example:
            If self.loss returns (w ** 2, {}) for params = {"w": 3.0}, it is
            ((9.0, {}), {"w": 6.0}).
        """
        # YOUR CODE HERE
        raise NotImplementedError("Classifier.training_step: your code is still missing")

    @partial(jax.jit, static_argnums=(0, 5))
    def accuracy(self, params, X, Y, state, averaged=True):
        """Return the fraction of correct predictions.

        Args:
            params: the parameters of the model.
            X: a tuple of all inputs of the model.
            Y: true classes, of shape (n,) or (n, t), of any number type.
            state: the state of the training; of it apply_fn and batch_stats are used.
            averaged: whether to return the fraction, or 1 or 0 for every prediction.

        Returns:
            One number from 0 to 1, or a float32 array of shape (n,) or (n * t,).

        Example:
            For scores [[1, 3], [2, 0]] and Y = [1, 1] it is 0.5, or [1, 0] if not averaged.
        """
        # YOUR CODE HERE
        raise NotImplementedError("Classifier.accuracy: your code is still missing")

    def validation_step(self, params, batch, state):
        """Return the loss and the accuracy of one batch of validation data.

        Args:
            params: the parameters of the model.
            batch: a tuple or list; the last element are the labels, all others are inputs.
            state: the state of the training.

        Returns:
            {"loss": the averaged loss, "acc": the averaged accuracy}, or the pair of both.

        Example:
            For logits [[0, 0]] and the labels [0] it is {"loss": 0.6931, "acc": 1.0}.
        """
        # YOUR CODE HERE
        raise NotImplementedError("Classifier.validation_step: your code is still missing")

    def configure_optimizers(self):
        """Return the optimizer of this model: plain SGD with the learning rate self.lr.

        Example:
            A weight of 1.0 with the gradient 2.0 and lr = 0.1 becomes 0.8 by one step.
        """
        # YOUR CODE HERE
        raise NotImplementedError("Classifier.configure_optimizers: your code is still missing")


# %% [markdown]
# A subclass needs `__call__` and nothing else. This one returns what it is given: it has no
# parameters, so its `params` are empty.


# %%
class Same(Classifier):
    """Takes its input for the logits."""

    def __call__(self, X):
        return X


def state_without_parameters(model):
    """Return a state for a model that has no parameters."""
    tx = model.configure_optimizers()
    return TrainState.create(apply_fn=model.apply, params={}, tx=tx, batch_stats={})


same = Same()
L = jnp.array([[-2.3, 4.0, 1.5], [-5.0, 2.0, 8.0]])
Y = jnp.array([2, 1])
state = state_without_parameters(same)
print(same.loss({}, (L,), Y, state))
# expected: 4.2915, and no statistics
print(same.loss({}, (L,), Y, state, averaged=False))
# expected: [2.5806, 6.0025], and no statistics

# %%
y_hat = jnp.array([[0.2, 0.6, 0.2], [0.1, 0.1, 0.8], [0.9, 0.05, 0.05]])
Y = jnp.array([0, 2, 0])
print(same.accuracy({}, (y_hat,), Y, state))
# expected: 0.6667
print(same.accuracy({}, (y_hat,), Y, state, averaged=False))
# expected: [0., 1., 1.]
print(same.accuracy({}, (y_hat.reshape(1, 3, 3),), Y.reshape(1, 3), state, averaged=False))
# expected: [0., 1., 1.] again, for one sentence of three words
print(same.validation_step({}, (y_hat, Y), state))
# expected: the loss is 0.8526, the accuracy 0.6667

# %% [markdown]
# **Try it.** A model that gives all ten classes the same score has the loss $\ln 10 \approx
# 2.3026$. What is the loss of a model that is very sure, and right? And of one that is very sure,
# and wrong?

# %%
for scores, label in ((jnp.zeros((1, 10)), 3), (jnp.array([[20.0, 0.0]]), 0)):
    print(same.loss({}, (scores,), jnp.array([label]), state)[0])

# %% [markdown]
# ## 6. `next_state(state, grads, aux)`
#
# One step of the training: return a **new state**, in which the optimizer of the state has made a
# step with the gradients (`state.apply_gradients(grads=…)` does that), and whose `batch_stats` are
# those of `aux`. Where `aux` is `{}`, those of the state stay. The state that was given is not
# changed.


# %%
def next_state(state, grads, aux):
    """Return the state after one step of its optimizer.

    Args:
        state: a TrainState.
        grads: the gradients, in the structure of state.params.
        aux: what Classifier.loss returned beside the loss: {"batch_stats": …}, or {}.

    Returns:
        A new TrainState, with new params, opt_state and batch_stats.

    Example:
        With params = {"w": 1.0}, grads = {"w": 2.0} and plain SGD, lr = 0.1, the new params are
        {"w": 0.8}.
    """
    # YOUR CODE HERE
    raise NotImplementedError("next_state: your code is still missing")


# %% [markdown]
# ## A model on Fashion-MNIST
#
# Now the base class earns its keep: softmax regression is three lines. The data and the loop below
# are given; the loop uses your methods and knows nothing about the model. The first call downloads
# the images to `../data`, or uses them if they are there.


# %%
def load_data_fashion_mnist():
    """Load Fashion-MNIST and return two pairs (X, y), one to train on and one to validate on.

    X are images of shape (n, 28, 28), float32 from 0 to 1, and y labels of shape (n,), integers
    from 0 to 9.
    """
    import torchvision

    def examples(train):
        part = torchvision.datasets.FashionMNIST(root="../data", train=train, download=True)
        return part.data.numpy().astype(np.float32) / 255, part.targets.numpy()

    return examples(train=True), examples(train=False)


def batches(examples, batch_size, rng=None):
    """Give one batch (X, y) after the other, in random order if there is a random generator."""
    X, y = examples
    order = np.arange(len(y)) if rng is None else rng.permutation(len(y))
    for start in range(0, len(y), batch_size):
        picked = order[start : start + batch_size]
        yield jnp.asarray(X[picked]), jnp.asarray(y[picked])


# %%
class SoftmaxRegression(Classifier):
    """One linear layer: images (n, 28, 28) to ten logits each."""

    @nn.compact
    def __call__(self, X):
        return nn.Dense(10)(X.reshape((X.shape[0], -1)))


def metrics(result):
    """Return loss and accuracy of a validation step as two numbers."""
    pair = (result["loss"], result["acc"]) if isinstance(result, dict) else result
    return [float(value) for value in pair]


def fit(model, state, train, valid, batch_size, num_epochs):
    """Train a Classifier; return the last state, and one (train loss, validation loss, accuracy)
    per epoch."""
    step, rng, history = jax.jit(model.training_step), np.random.default_rng(0), []
    for _ in range(num_epochs):
        train_losses = []
        for batch in batches(train, batch_size, rng):
            (loss, aux), grads = step(state.params, batch, state)
            state = next_state(state, grads, aux)
            train_losses.append(float(loss))
        steps = [model.validation_step(state.params, b, state) for b in batches(valid, batch_size)]
        measured = np.mean([metrics(result) for result in steps], axis=0)
        history.append([float(np.mean(train_losses)), *measured])
    return state, history


# %%
train, valid = load_data_fashion_mnist()
model = SoftmaxRegression(lr=0.1)
X, y = next(batches(valid, batch_size=256))
state, history = fit(model, make_state(model, (X,)), train, valid, batch_size=256, num_epochs=5)

print("epoch   train loss   validation loss   validation accuracy")
for epoch, values in enumerate(history, start=1):
    print("{:5d} {:12.4f} {:17.4f} {:21.4f}".format(epoch, *values))
# expected: a train loss of about .79 after the first and .49 after the fifth epoch, an accuracy of
# about .82 at the end

# %%
epochs = range(1, len(history) + 1)
plt.figure(figsize=(5, 3.5))
names = ("train loss", "validation loss", "validation accuracy")
for values, style, name in zip(zip(*history, strict=True), ("-", "--", "-."), names, strict=True):
    plt.plot(epochs, values, style, label=name)
plt.xlabel("epoch")
plt.ylim(0.3, 0.9)
plt.grid()
plt.legend()
plt.show()

# %% [markdown]
# **Try it.** Write a subclass with a hidden layer, `nn.Dense(128)`, `nn.BatchNorm` and `nn.relu`
# before the last one. Nothing else has to change: the statistics of the batch normalization travel
# as auxiliary data from the loss into the next state.

# %% [markdown]
# ## Check yourself
#
# This cell needs nothing but your notebook. It tests a part of what the grader tests, says what
# is wrong in each stub, and goes on.


# %%
def check_loss():
    pair = same.loss({}, (L,), jnp.array([2, 1]), state_without_parameters(same))
    assert len(pair) == 2, f"it should return a pair, it is {pair}"
    assert abs(float(pair[0]) - 4.2915) < 1e-3, f"the mean should be 4.2915, it is {pair[0]}"
    assert not jax.tree_util.tree_leaves(pair[1]), f"nothing has changed, yet it is {pair[1]}"


def check_training_step():
    class Square(Classifier):
        def loss(self, params, X, Y, state, averaged=True):
            return params["w"] ** 2, {}

    (loss, aux), grads = Square().training_step({"w": 3.0}, (L, Y), None)
    assert (float(loss), aux) == (9.0, {}), f"the value should be (9, {{}}), it is {(loss, aux)}"
    assert float(grads["w"]) == 6, f"the gradient of w ** 2 at 3 is 6, it is {grads}"


def check_accuracy():
    state = state_without_parameters(same)
    fraction = float(same.accuracy({}, (y_hat,), jnp.array([0, 2, 0]), state))
    assert abs(fraction - 2 / 3) < 1e-6, f"2 of 3 predictions are correct, the result is {fraction}"
    sentence, words = y_hat.reshape(1, 3, 3), jnp.array([[0, 2, 0]])
    each = same.accuracy({}, (sentence,), words, state, averaged=False)
    assert each.dtype == jnp.float32, f"the vector should be float32, it is {each.dtype}"
    assert each.tolist() == [0, 1, 1], f"it should be the flat vector [0, 1, 1], it is {each}"


def check_validation_step():
    batch = (jnp.zeros((1, 2)), jnp.array([0]))
    loss, accuracy = metrics(same.validation_step({}, batch, state_without_parameters(same)))
    assert abs(loss - 0.6931) < 1e-3, f"the loss should be 0.6931, it is {loss}"
    assert accuracy == 1, f"the accuracy should be 1, it is {accuracy}"


def check_configure_optimizers():
    optimizer, weight = Same(lr=0.5).configure_optimizers(), jnp.ones(1)
    memory = optimizer.init(weight)
    for _ in range(2):
        updates, memory = optimizer.update(jnp.full(1, 0.4), memory, weight)
        weight = optax.apply_updates(weight, updates)
    assert abs(float(weight[0]) - 0.6) < 1e-6, f"after two steps it should be 0.6, it is {weight}"


def check_next_state():
    tx, params = optax.sgd(0.1), {"w": jnp.array(1.0)}
    before = TrainState.create(apply_fn=None, params=params, tx=tx, batch_stats={"mean": 1.0})
    after = next_state(before, {"w": jnp.array(2.0)}, {"batch_stats": {"mean": 5.0}})
    assert abs(float(after.params["w"]) - 0.8) < 1e-6, f"w should be 0.8: {after.params}"
    assert after.batch_stats == {"mean": 5.0}, f"the mean should be 5: {after.batch_stats}"


for test in (
    check_loss,
    check_training_step,
    check_accuracy,
    check_validation_step,
    check_configure_optimizers,
    check_next_state,
):
    name = test.__name__.removeprefix("check_")
    try:
        test()
    except NotImplementedError as error:
        print(f"{name:22} not written yet ({error})")
    except Exception as error:
        print(f"{name:22} {type(error).__name__}: {error}")
    else:
        print(f"{name:22} ok")
