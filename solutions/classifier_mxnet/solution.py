# %% [markdown]
# # A base class for classifiers, in MXNet
#
# Softmax regression, a multilayer perceptron, a network with a hundred layers: as classifiers they
# differ in one place only, in how they turn an input into scores. The loss, the accuracy, what is
# measured on validation data and the optimizer are the same every time. So they are written once,
# in a base class, and every later model inherits them.
#
# In MXNet a model holds its parameters in one of two ways: in layers of Gluon, which know them, or
# in arrays of its own ("from scratch"), which nobody knows. The base class finds both.
#
# You fill in six pieces, called *stubs*, all of them methods of the class `Classifier`: `loss`,
# `accuracy`, `validation_step`, `get_scratch_params`, `parameters` and `configure_optimizers`.
#
# **How to work.** Write your code where it says `YOUR CODE HERE` and delete the line that raises
# `NotImplementedError`. Keep the names and the arguments. Apart from that the notebook is yours:
# add cells, print, plot.
#
# **What is checked.** Each stub is checked on its own, with small inputs. The checks make their
# own subclasses of your `Classifier`, and where one method needs another one, they put a correct
# version in its place. No check asks for more than what this text says.
#
# **What you may use.** Everything in MXNet, its ready-made losses and optimizers too.
#
# **Shapes.** $n$ is the number of examples in a batch and $c$ the number of classes. The last batch
# may be smaller than the others.
#
# **The first cell** comes before everything else: MXNet asks numpy for a name that numpy has taken
# away since. README.md says how to get the environment that this notebook runs in.

# %%
import numpy

numpy.bool = numpy.bool_  # MXNet asks for it; numpy 1.24 took it away

# %%
import gzip
from pathlib import Path

import matplotlib.pyplot as plt
import mxnet as mx
from mxnet import autograd, gluon, np, npx

npx.set_np()  # arrays behave as numpy's do

# %% [markdown]
# ## The class
#
# The six methods are written one after the other below, each in the same class. The constructor is
# given: it keeps the learning rate as `self.lr`. A subclass adds layers or arrays, and `forward`,
# which turns a batch of inputs into **logits**: one number per class, not yet probabilities.
#
# ### 1. `loss(y_hat, y, averaged=True)`
#
# The cross entropy of the logits. For example $i$ with the true class $y_i$ it is
#
# $$\ell_i = -\log \frac{\exp(\hat{y}_{i, y_i})}{\sum_{k=1}^{c} \exp(\hat{y}_{ik})}$$
#
# With `averaged=True` return the mean over the batch, one number. With `averaged=False` return
# **one loss per example, shape $(n,)$**. Gradients flow through it. `y_hat` holds logits: do not
# apply softmax twice. `gluon.loss.SoftmaxCrossEntropyLoss()` makes a function that takes logits and
# labels and returns one loss per example.
#
# ### 2. `accuracy(y_hat, y, averaged=True)`
#
# The predicted class is the one with the largest score. Here the accuracy is **the fraction of
# correct predictions** (in other assignments it was their number). Four steps:
#
# 1. Flatten: scores of shape $(n, t, c)$ (for example $t$ words in each of $n$ sentences) become
#    $(n t, c)$, labels of shape $(n, t)$ become $(n t,)$. Scores $(n, c)$ stay as they are. The
#    classes are always the **last** dimension.
# 2. Predict: the place of the largest score in each row.
# 3. Compare: `==` is sensitive to data types, so give the predictions the dtype of `y` first
#    (`astype`).
# 4. With `averaged=True` return the mean, one number; with `averaged=False` a **flat float32
#    vector**, 1 for every correct and 0 for every wrong prediction, of shape $(n,)$ or $(n t,)$.
#
# ### 3. `validation_step(batch)`
#
# What is measured on one batch of validation data. The last element of a batch is `y`; **all others
# are inputs** of the model: most models have one, some have two. Call the model on them and return
# the dictionary `{"loss": …, "acc": …}` with the averaged loss and accuracy of this batch. Ask
# `self.loss` and `self.accuracy`: a subclass may have its own.
#
# ### 4. `get_scratch_params()`
#
# The parameters of a model that is built from scratch: arrays that a subclass has made attributes
# of itself, such as `self.W = np.zeros((784, 10))`. Return a **list of the arrays themselves** (no
# copies: the optimizer changes them), in any order. An attribute that is itself a `Classifier` may
# have arrays, too: **its parameters belong to the list as well**, and so on downwards. `dir(self)`
# has the names of all attributes.
#
# ### 5. `parameters()`
#
# The parameters of the model, of whichever kind. Gluon's layers are asked with
# `self.collect_params()`, which gives a `ParameterDict`. **If it holds any parameters, return it as
# it is**; if it is empty, the list that `self.get_scratch_params()` gives.
#
# ### 6. `configure_optimizers()`
#
# Return the optimizer that trains `self.parameters()` with the learning rate `self.lr`, by plain
# stochastic gradient descent without momentum: for a list our own `SGD(params, lr)`, which is given
# below; otherwise Gluon's, `gluon.Trainer(params, "sgd", {"learning_rate": lr})`. Both have a
# method `step(batch_size)`, which divides the gradients by the batch size. Our losses are averaged
# already, so `fit` below calls `step(1)`.


# %%
class SGD:
    """Stochastic gradient descent on arrays that have gradients.

    Args:
        params: a list of arrays.
        lr: the learning rate.
    """

    def __init__(self, params, lr):
        self.params, self.lr = params, lr

    def step(self, batch_size):
        """Move every array against its gradient, divided by the batch size."""
        for param in self.params:
            param -= self.lr * param.grad / batch_size


# %%
class Classifier(gluon.nn.Block):
    """The base of all classifiers. A subclass gives `forward`, from inputs to logits (n, c).

    Args:
        lr: the learning rate, kept as `self.lr`.
    """

    def __init__(self, lr=0.1):
        super().__init__()
        self.lr = lr

    def loss(self, y_hat, y, averaged=True):
        """Return the cross entropy of logits.

        Args:
            y_hat: logits, of shape (n, c).
            y: true classes, integers from 0 to c - 1, of shape (n,).
            averaged: whether to return the mean or one loss per example.

        Returns:
            One number (an array of shape ()), or an array of shape (n,).

        Example:
            With y_hat = [[0, 0]] and y = [1] it is ln 2 = 0.6931, or [0.6931] if not averaged.
        """
        ### BEGIN SOLUTION
        losses = gluon.loss.SoftmaxCrossEntropyLoss()(y_hat, y)
        return losses.mean() if averaged else losses
        ### END SOLUTION

    def accuracy(self, y_hat, y, averaged=True):
        """Return the fraction of correct predictions.

        Args:
            y_hat: scores, of shape (n, c) or (n, t, c).
            y: true classes, of shape (n,) or (n, t), of any number type.
            averaged: whether to return the fraction, or 1 or 0 for every prediction.

        Returns:
            One number from 0 to 1, or a float32 array of shape (n,) or (n * t,).

        Example:
            With y_hat = [[1, 3], [2, 0]] and y = [1, 1] it is 0.5, or [1, 0] if not averaged.
        """
        ### BEGIN SOLUTION
        y_hat = y_hat.reshape((-1, y_hat.shape[-1]))
        predictions = y_hat.argmax(axis=1).astype(y.dtype)
        correct = (predictions == y.reshape(-1)).astype(np.float32)
        return correct.mean() if averaged else correct
        ### END SOLUTION

    def validation_step(self, batch):
        """Return the loss and the accuracy of one batch of validation data.

        Args:
            batch: a tuple or list; the last element is y, all others are inputs of the model.

        Returns:
            {"loss": the averaged loss, "acc": the averaged accuracy}.

        Example:
            For logits [[0, 0]] and y = [0] it is {"loss": 0.6931, "acc": 1.0}.
        """
        ### BEGIN SOLUTION
        *inputs, y = batch
        y_hat = self(*inputs)
        return {"loss": self.loss(y_hat, y), "acc": self.accuracy(y_hat, y)}
        ### END SOLUTION

    def get_scratch_params(self):
        """Return the arrays that are attributes of this model, and those of its Classifiers.

        Returns:
            A list of arrays, in any order.

        Example:
            With self.W = np.ones((2, 3)) and self.b = np.zeros(3) it is [self.W, self.b].
        """
        ### BEGIN SOLUTION
        params = []
        for name in dir(self):
            value = getattr(self, name)
            if isinstance(value, np.ndarray):
                params.append(value)
            if isinstance(value, Classifier):
                params.extend(value.get_scratch_params())
        return params
        ### END SOLUTION

    def parameters(self):
        """Return the parameters of this model.

        Returns:
            What self.collect_params() gives, if it holds any parameters; otherwise the list
            self.get_scratch_params().

        Example:
            With self.net = gluon.nn.Dense(10) it is a ParameterDict with a weight and a bias.
        """
        ### BEGIN SOLUTION
        params = self.collect_params()
        return params if len(params.keys()) else self.get_scratch_params()
        ### END SOLUTION

    def configure_optimizers(self):
        """Return the optimizer of this model: plain SGD on self.parameters() with self.lr.

        Returns:
            An SGD for a list of arrays, a gluon.Trainer for a ParameterDict.

        Example:
            A weight of 1.0 with the gradient 2.0 and lr = 0.1 becomes 0.8 by step(1).
        """
        ### BEGIN SOLUTION
        params = self.parameters()
        if isinstance(params, list):
            return SGD(params, self.lr)
        return gluon.Trainer(params, "sgd", {"learning_rate": self.lr})
        ### END SOLUTION


# %%
classifier = Classifier()
L = np.array([[-2.3, 4.0, 1.5], [-5.0, 2.0, 8.0]])
y = np.array([2, 1])
print(classifier.loss(L, y))
# expected: 4.2915
print(classifier.loss(L, y, averaged=False))
# expected: [2.5806, 6.0025]

# %%
y_hat = np.array([[0.2, 0.6, 0.2], [0.1, 0.1, 0.8], [0.9, 0.05, 0.05]])
y = np.array([0, 2, 0])
print(classifier.accuracy(y_hat, y))
# expected: 0.6667
print(classifier.accuracy(y_hat, y, averaged=False))
# expected: [0. 1. 1.]
print(classifier.accuracy(y_hat.reshape(1, 3, 3), y.reshape(1, 3), averaged=False))
# expected: [0. 1. 1.] again, for one sentence of three words


# %% [markdown]
# A subclass needs `forward` and nothing else. This one returns what it is given:


# %%
class Same(Classifier):
    def forward(self, X):
        return X


print(Same().validation_step((y_hat, y)))
# expected: the loss is 0.8526, the accuracy 0.6667


# %% [markdown]
# **Try it.** A model that gives all ten classes the same score has the loss $\ln 10 \approx
# 2.3026$. What is the loss of a model that is very sure, and right? And of one that is very sure,
# and wrong?

# %%
print(classifier.loss(np.zeros((1, 10)), np.array([3])))
print(classifier.loss(np.array([[20.0, 0.0]]), np.array([0])))
print(classifier.loss(np.array([[20.0, 0.0]]), np.array([1])))

# %% [markdown]
# ## Two models on Fashion-MNIST
#
# Now the base class earns its keep: softmax regression is a few lines, with a layer of Gluon or
# from scratch. The data and the loop below are given; the loop uses your methods and knows nothing
# of the model. The first call downloads the images to `../data`, or uses them if they are there.


# %%
SOURCE = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"


def read_idx(name, header):
    """Read a file of the data set, unsigned bytes behind a header; if need be, download it."""
    plain = Path("../data/FashionMNIST/raw") / name
    if plain.exists():
        content = plain.read_bytes()
    else:
        packed = gluon.utils.download(f"{SOURCE}{name}.gz", path=f"{plain}.gz")
        content = gzip.decompress(Path(packed).read_bytes())
    return numpy.frombuffer(content, dtype=numpy.uint8, offset=header)


class Batches:
    """Pairs (X, y): images X of shape (n, 1, 28, 28), float32, and labels y of shape (n,)."""

    def __init__(self, kind, batch_size, shuffle):
        images = read_idx(f"{kind}-images-idx3-ubyte", header=16)
        self.X = images.reshape(-1, 1, 28, 28).astype("float32") / 255
        self.y = read_idx(f"{kind}-labels-idx1-ubyte", header=8).astype("int64")
        self.batch_size, self.shuffle = batch_size, shuffle

    def __iter__(self):
        count = len(self.y)
        order = numpy.random.permutation(count) if self.shuffle else numpy.arange(count)
        for start in range(0, count, self.batch_size):
            picked = order[start : start + self.batch_size]
            yield np.array(self.X[picked]), np.array(self.y[picked], dtype="int64")


def load_data_fashion_mnist(batch_size):
    """Load Fashion-MNIST and return a pair of iterables: (training batches, validation batches).

    Only the training examples are shuffled.
    """
    return Batches("train", batch_size, shuffle=True), Batches("t10k", batch_size, shuffle=False)


text_labels = [
    "t-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
]


def show_images(images, titles, columns=6):
    """Draw images of shape (n, 1, 28, 28) in rows of `columns`, with a title over each."""
    rows = (len(images) + columns - 1) // columns
    _, axes = plt.subplots(rows, columns, figsize=(1.5 * columns, 1.9 * rows), squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for ax, image, title in zip(axes.flat, images.asnumpy(), titles):
        ax.imshow(image.reshape(28, 28), cmap="gray")
        ax.set_title(title, fontsize=9)
    plt.tight_layout()
    plt.show()


# %%
class SoftmaxRegression(Classifier):
    """One linear layer: images (n, 1, 28, 28) to ten logits each."""

    def __init__(self, lr=0.1):
        super().__init__(lr)
        self.net = gluon.nn.Dense(10, in_units=784)
        self.net.initialize(mx.init.Normal(0.01))

    def forward(self, X):
        return self.net(X.reshape((len(X), 784)))


class SoftmaxRegressionScratch(Classifier):
    """The same with arrays of its own."""

    def __init__(self, lr=0.1):
        super().__init__(lr)
        self.W, self.b = np.random.normal(0, 0.01, (784, 10)), np.zeros(10)
        self.W.attach_grad()
        self.b.attach_grad()

    def forward(self, X):
        return X.reshape((len(X), 784)) @ self.W + self.b


def validate(model, valid_iter):
    """Return the results of validation_step for every batch: two lists, losses and accuracies."""
    steps = [model.validation_step(batch) for batch in valid_iter]
    return [float(step["loss"]) for step in steps], [float(step["acc"]) for step in steps]


def fit(model, train_iter, valid_iter, num_epochs):
    """Train a Classifier; return one (train loss, validation loss, accuracy) per epoch."""
    optimizer = model.configure_optimizers()
    history = []
    for _ in range(num_epochs):
        train_losses = []
        for *inputs, y in train_iter:
            with autograd.record():
                loss = model.loss(model(*inputs), y)
            loss.backward()
            optimizer.step(1)
            train_losses.append(float(loss))
        losses, accuracies = validate(model, valid_iter)
        history.append([sum(v) / len(v) for v in (train_losses, losses, accuracies)])
    return history


# %%
train_iter, valid_iter = load_data_fashion_mnist(batch_size=256)
model = SoftmaxRegression(lr=0.1)
history = fit(model, train_iter, valid_iter, num_epochs=5)

print("epoch   train loss   validation loss   validation accuracy")
for epoch, values in enumerate(history, start=1):
    print("{:5d} {:12.4f} {:17.4f} {:21.4f}".format(epoch, *values))
# expected: a train loss of about .785 after the first and .486 after the fifth epoch, an accuracy
# of about .82 at the end

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

# %%
X, y = next(iter(valid_iter))
predicted = model(X[:12]).argmax(axis=1)
titles = [f"{text_labels[int(t)]}\n{text_labels[int(p)]}" for t, p in zip(y, predicted)]
show_images(X[:12], titles)

# %% [markdown]
# The model from scratch is trained by the same loop, for `parameters` finds its arrays:

# %%
scratch = fit(SoftmaxRegressionScratch(lr=0.1), train_iter, valid_iter, num_epochs=1)
print("train loss {:.4f}, validation loss {:.4f}, accuracy {:.4f}".format(*scratch[0]))
# expected: as in the first epoch above, a train loss of about .785

# %% [markdown]
# **Try it.** Write a subclass with a hidden layer: a `gluon.nn.Sequential()` to which you `add`
# `gluon.nn.Dense(128, activation="relu")` and `gluon.nn.Dense(10)`. Nothing else has to change. Is
# it better after five epochs?

# %% [markdown]
# ## Check yourself
#
# This cell needs nothing but your notebook. It tests a part of what the grader tests, says what
# is wrong in each stub, and goes on.


# %%
class OfArrays(Classifier):
    """A model with two arrays, and a third one in a Classifier of its own."""

    def __init__(self, inner=None):
        super().__init__(lr=0.5)
        self.a, self.b, self.inner = np.ones(1), np.ones(2), inner


class OfLayers(Classifier):
    """A model with one layer, and an array that is no parameter."""

    def __init__(self):
        super().__init__(lr=0.5)
        self.net, self.mask = gluon.nn.Dense(1, in_units=1), np.ones(3)
        self.net.initialize(mx.init.One())


def check_loss():
    model = Classifier()
    logits, classes = np.array([[-2.3, 4.0, 1.5], [-5.0, 2.0, 8.0]]), np.array([2, 1])
    mean, each = model.loss(logits, classes), model.loss(logits, classes, averaged=False)
    assert abs(float(mean) - 4.2915) < 1e-3, f"the mean should be 4.2915, it is {mean}"
    assert each.shape == (2,), f"one loss per example, shape (2,), not {tuple(each.shape)}"
    assert abs(each - np.array([2.5806, 6.0025])).max() < 1e-3, each


def check_accuracy():
    model = Classifier()
    scores = np.array([[0.2, 0.6, 0.2], [0.1, 0.1, 0.8], [0.9, 0.05, 0.05]])
    classes = np.array([0, 2, 0])
    fraction = float(model.accuracy(scores, classes))
    assert abs(fraction - 2 / 3) < 1e-6, f"2 of 3 predictions are correct, the result is {fraction}"
    each = model.accuracy(scores.reshape(1, 3, 3), classes.reshape(1, 3), averaged=False)
    assert each.dtype == np.float32, f"the vector should be float32, it is {each.dtype}"
    assert each.tolist() == [0, 1, 1], f"it should be the flat vector [0, 1, 1], it is {each}"


def check_validation_step():
    class Sum(Classifier):
        def forward(self, a, b):
            return a + b

    batch = (np.zeros((1, 2)), np.zeros((1, 2)), np.array([0]))
    result = Sum().validation_step(batch)
    assert set(result) == {"loss", "acc"}, f'it should have "loss" and "acc", it is {result}'
    assert abs(float(result["loss"]) - 0.6931) < 1e-3, result
    assert float(result["acc"]) == 1, result


def check_get_scratch_params():
    inner = OfArrays()
    model = OfArrays(inner)
    params = model.get_scratch_params()
    assert len(params) == 4, f"there are 4 arrays, two of them inside, it has found {len(params)}"
    for array in (model.a, model.b, inner.a, inner.b):
        assert any(array is param for param in params), "the list holds copies, or other arrays"


def check_parameters():
    found = OfLayers().parameters()
    assert isinstance(found, gluon.ParameterDict), f"with a layer it is a {type(found).__name__}"
    found = OfArrays().parameters()
    assert isinstance(found, list), f"without layers it is a {type(found).__name__}"


def check_configure_optimizers():
    arrays, layers = OfArrays(), OfLayers()
    for array in (arrays.a, arrays.b):
        array.attach_grad()
    for model, weights in (
        (arrays, lambda: [arrays.a, arrays.b]),
        (layers, lambda: [layers.net.weight.data()]),
    ):
        optimizer = model.configure_optimizers()
        for _ in range(2):
            with autograd.record():
                total = 0.4 * sum(weight.sum() for weight in weights())
                if model is layers:
                    total = total + layers.net.bias.data().sum()
            total.backward()
            optimizer.step(1)
        values = [round(float(weight[0]), 4) for weight in weights()]
        assert all(value == 0.6 for value in values), f"they should be 0.6, they are {values}"


for test in (
    check_loss,
    check_accuracy,
    check_validation_step,
    check_get_scratch_params,
    check_parameters,
    check_configure_optimizers,
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
