# %% [markdown]
# # A base class for classifiers, in TensorFlow
#
# Softmax regression, a multilayer perceptron, a network with a hundred layers: as classifiers they
# differ in one place only, in how they turn an input into scores. The loss, the accuracy, what is
# measured on validation data and the optimizer are the same every time. So they are written once,
# in a base class, and every later model inherits them. Here the base class is a Keras model.
#
# You fill in five pieces, called *stubs*:
#
# | part | stubs |
# |---|---|
# | the class `Classifier` | `loss`, `accuracy`, `validation_step`, `configure_optimizers` |
# | the loop | `fit_epoch` |
#
# **How to work.** Write your code where it says `YOUR CODE HERE` and delete the line that raises
# `NotImplementedError`. Keep the names and the arguments. Apart from that the notebook is yours:
# add cells, print, plot.
#
# **What is checked.** Each stub is checked on its own, with small inputs. The checks make their
# own subclasses of your `Classifier`, and where one piece needs another one, they put a correct
# version in its place. No check asks for more than what this text says.
#
# **What you may use.** Everything in TensorFlow and Keras, ready-made losses and optimizers too,
# and NumPy where no gradient has to flow.
#
# **Shapes.** $n$ is the number of examples in a batch and $c$ the number of classes. The last batch
# may be smaller than the others.

# %%
import matplotlib.pyplot as plt
import tensorflow as tf

# %% [markdown]
# ## The class
#
# The four methods are written one after the other below, each in the same class. The constructor is
# given: it keeps the learning rate as `self.lr`. A subclass adds layers and `call`, which turns a
# batch of inputs into **logits**: one number per class, not yet probabilities. As in every Keras
# model, you do not call `call` yourself: `self(X)` does it.
#
# A Keras model has an attribute `loss` of its own, for `compile`, and the constructor of
# `tf.keras.Model` sets it to None. It would hide our method of that name, so our constructor
# deletes it again.
#
# ### 1. `loss(y_hat, y, averaged=True)`
#
# The cross entropy of the logits. For example $i$ with the true class $y_i$ it is
#
# $$\ell_i = -\log \frac{\exp(\hat{y}_{i, y_i})}{\sum_{k=1}^{c} \exp(\hat{y}_{ik})}$$
#
# With `averaged=True` return the mean over the batch, one number. With `averaged=False` return
# **one loss per example, shape $(n,)$**. Gradients flow through it. `y_hat` holds logits: do not
# apply softmax twice. `tf.nn.sparse_softmax_cross_entropy_with_logits` takes logits and the numbers
# of the classes; the losses of `tf.keras.losses` take probabilities, unless you give them
# `from_logits=True`.
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
# 3. Compare: `==` is sensitive to data types, and TensorFlow does not compare two of them, so give
#    the predictions the dtype of `y` first: `tf.cast`.
# 4. With `averaged=True` return the mean, one number; with `averaged=False` a **flat float32
#    vector**, 1 for every correct and 0 for every wrong prediction, of shape $(n,)$ or $(n t,)$. It
#    may be a tensor or an array of NumPy.
#
# ### 3. `validation_step(batch)`
#
# What is measured on one batch of validation data. The last element of a batch is `y`; **all others
# are inputs** of the model: most models have one, some have two. Call the model on them and return
# the dictionary `{"loss": …, "acc": …}` with the averaged loss and accuracy of this batch. Ask
# `self.loss` and `self.accuracy`: a subclass may have its own.
#
# ### 4. `configure_optimizers()`
#
# Return the optimizer that trains this model: plain stochastic gradient descent
# (`tf.keras.optimizers.SGD`, no momentum) with the learning rate `self.lr`. An optimizer of Keras
# is told the variables when it makes a step, so it need not know them here.


# %%
class Classifier(tf.keras.Model):
    """The base of all classifiers. A subclass gives `call`, from inputs to logits (n, c).

    Args:
        lr: the learning rate, kept as `self.lr`.
    """

    def __init__(self, lr=0.1):
        super().__init__()
        del self.loss  # the one of Keras, which is None: here it is a method
        self.lr = lr

    def loss(self, y_hat, y, averaged=True):
        """Return the cross entropy of logits.

        Args:
            y_hat: logits, of shape (n, c).
            y: true classes, integers from 0 to c - 1, of shape (n,).
            averaged: whether to return the mean or one loss per example.

        Returns:
            One number (a tensor of shape ()), or a tensor of shape (n,).

        Example:
            With y_hat = [[0, 0]] and y = [1] it is ln 2 = 0.6931, or [0.6931] if not averaged.
        """
        # YOUR CODE HERE
        raise NotImplementedError("Classifier.loss: your code is still missing")

    def accuracy(self, y_hat, y, averaged=True):
        """Return the fraction of correct predictions.

        Args:
            y_hat: scores, of shape (n, c) or (n, t, c).
            y: true classes, of shape (n,) or (n, t), of any number type.
            averaged: whether to return the fraction, or 1 or 0 for every prediction.

        Returns:
            One number from 0 to 1, or a float32 tensor of shape (n,) or (n * t,).

        Example:
            With y_hat = [[1, 3], [2, 0]] and y = [1, 1] it is 0.5, or [1, 0] if not averaged.
        """
        # YOUR CODE HERE
        raise NotImplementedError("Classifier.accuracy: your code is still missing")

    def validation_step(self, batch):
        """Return the loss and the accuracy of one batch of validation data.

        Args:
            batch: a tuple or list; the last element is y, all others are inputs of the model.

        Returns:
            {"loss": the averaged loss, "acc": the averaged accuracy}.

        Example:
            For logits [[0, 0]] and y = [0] it is {"loss": 0.6931, "acc": 1.0}.
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


# %%
classifier = Classifier()
L = tf.constant([[-2.3, 4.0, 1.5], [-5.0, 2.0, 8.0]])
y = tf.constant([2, 1])
print(classifier.loss(L, y))
# expected: 4.2915
print(classifier.loss(L, y, averaged=False))
# expected: [2.5806, 6.0025]

# %%
y_hat = tf.constant([[0.2, 0.6, 0.2], [0.1, 0.1, 0.8], [0.9, 0.05, 0.05]])
y = tf.constant([0, 2, 0])
print(classifier.accuracy(y_hat, y))
# expected: 0.6667
print(classifier.accuracy(y_hat, y, averaged=False))
# expected: [0., 1., 1.]
print(classifier.accuracy(tf.reshape(y_hat, (1, 3, 3)), tf.reshape(y, (1, 3)), averaged=False))
# expected: [0., 1., 1.] again, for one sentence of three words


# %% [markdown]
# A subclass needs `call` and nothing else. This one returns what it is given:


# %%
class Same(Classifier):
    def call(self, X):
        return X


print(Same().validation_step((y_hat, y)))
# expected: the loss is 0.8526, the accuracy 0.6667


# %% [markdown]
# **Try it.** A model that gives all ten classes the same score has the loss $\ln 10 \approx
# 2.3026$. What is the loss of a model that is very sure, and right? And of one that is very sure,
# and wrong?

# %%
print(classifier.loss(tf.zeros((1, 10)), tf.constant([3])))
print(classifier.loss(tf.constant([[20.0, 0.0]]), tf.constant([0])))
print(classifier.loss(tf.constant([[20.0, 0.0]]), tf.constant([1])))

# %% [markdown]
# ## 5. `fit_epoch(model, optimizer, batches)`
#
# One walk through the training data. For each batch:
#
# 1. Compute the averaged loss, `model.loss`, of what the model says of the inputs, while a
#    `tf.GradientTape` records it. As above, all elements of a batch but the last are inputs.
# 2. Ask the tape for the gradients with respect to `model.trainable_variables`. A Keras layer makes
#    its variables when it is called for the first time, so ask the model for them **after** that.
# 3. Make one step: `optimizer.apply_gradients`, with pairs of gradient and variable.
#
# Return the mean of the losses **over all examples** of the epoch, each loss as it was before the
# step of its batch. The last batch may be short: then the mean of the batches' means is not the
# mean over the examples.


# %%
def fit_epoch(model, optimizer, batches):
    """Train a model for one epoch.

    Args:
        model: a Classifier.
        optimizer: what `configure_optimizers` has returned.
        batches: an iterable of batches, such as a tf.data.Dataset. A batch is a tuple or list; its
            last element is y, of shape (n,), all others are inputs of the model.

    Returns:
        The mean loss over all examples, one number.

    Example:
        A model gives the logits w * X, and w is 0. For one batch X = [[0, 1]], y = [1] the loss is
        0.6931; with lr = 0.1 w is 0.05 afterwards.
    """
    # YOUR CODE HERE
    raise NotImplementedError("fit_epoch: your code is still missing")


# %%
class Scaled(Classifier):
    def __init__(self, lr=0.1):
        super().__init__(lr)
        self.w = self.add_weight(shape=(), initializer="zeros")

    def call(self, X):
        return self.w * X


model = Scaled()
batch = (tf.constant([[0.0, 1.0]]), tf.constant([1]))
print(fit_epoch(model, model.configure_optimizers(), [batch]), float(model.w))
# expected: about 0.6931 and 0.05

# %% [markdown]
# ## A model on Fashion-MNIST
#
# Now the base class earns its keep: softmax regression is four lines. The data and the loop over
# the epochs are given; they use what you have written and know nothing about the model. The first
# call downloads the images to a folder of Keras (`.keras` in your home), or uses them if they are
# there.


# %%
def load_data_fashion_mnist(batch_size):
    """Load Fashion-MNIST and return two tf.data.Dataset: training batches, validation batches.

    Each batch is a pair (X, y): images X of shape (n, 28, 28), float32 from 0 to 1, and labels y of
    shape (n,), integers from 0 to 9. Only the training examples are shuffled.
    """

    def batches(images, labels, shuffle):
        X, y = tf.constant(images / 255, tf.float32), tf.constant(labels, tf.int32)
        examples = tf.data.Dataset.from_tensor_slices((X, y))
        examples = examples.shuffle(len(labels)) if shuffle else examples
        return examples.batch(batch_size).prefetch(1)

    train, valid = tf.keras.datasets.fashion_mnist.load_data()
    return batches(*train, shuffle=True), batches(*valid, shuffle=False)


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
    """Draw images of shape (n, 28, 28) in rows of `columns`, with a title over each."""
    rows = (len(images) + columns - 1) // columns
    _, axes = plt.subplots(rows, columns, figsize=(1.5 * columns, 1.9 * rows), squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for ax, image, title in zip(axes.flat, images, titles):
        ax.imshow(image, cmap="gray")
        ax.set_title(title, fontsize=9)
    plt.tight_layout()
    plt.show()


# %%
class SoftmaxRegression(Classifier):
    """One linear layer: images (n, 28, 28) to ten logits each."""

    def __init__(self, lr=0.1):
        super().__init__(lr)
        self.net = tf.keras.Sequential([tf.keras.layers.Flatten(), tf.keras.layers.Dense(10)])

    def call(self, X):
        return self.net(X)


def validate(model, valid_iter):
    """Return the mean of validation_step over all batches: (loss, accuracy)."""
    steps = [model.validation_step(batch) for batch in valid_iter]
    return tuple(sum(float(step[key]) for step in steps) / len(steps) for key in ("loss", "acc"))


def fit(model, train_iter, valid_iter, num_epochs):
    """Train a Classifier; return one (train loss, validation loss, accuracy) per epoch."""
    optimizer = model.configure_optimizers()
    history = []
    for _ in range(num_epochs):
        train_loss = fit_epoch(model, optimizer, train_iter)
        history.append([float(train_loss), *validate(model, valid_iter)])
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
predicted = tf.argmax(model(X[:12]), axis=1)
show_images(X[:12], [f"{text_labels[t]}\n{text_labels[p]}" for t, p in zip(y, predicted)])

# %% [markdown]
# **Try it.** Write a subclass with a hidden layer: `Dense(128, activation="relu")` before
# `Dense(10)`. Nothing else has to change. Is it better after five epochs?

# %% [markdown]
# **Try it.** Write a function `step(X, y)` that does what happens to one batch, and put
# `@tf.function` over it. How much faster is an epoch?

# %% [markdown]
# ## Check yourself
#
# This cell needs nothing but your notebook. It tests a part of what the grader tests, says what
# is wrong in each stub, and goes on.


# %%
def check_loss():
    model = Classifier()
    logits, classes = tf.constant([[-2.3, 4.0, 1.5], [-5.0, 2.0, 8.0]]), tf.constant([2, 1])
    mean, each = model.loss(logits, classes), model.loss(logits, classes, averaged=False)
    assert abs(float(mean) - 4.2915) < 1e-3, f"the mean should be 4.2915, it is {mean}"
    assert each.shape == (2,), f"one loss per example, shape (2,), not {tuple(each.shape)}"
    assert all(abs(each - [2.5806, 6.0025]) < 1e-3), each


def check_accuracy():
    model = Classifier()
    scores = tf.constant([[0.2, 0.6, 0.2], [0.1, 0.1, 0.8], [0.9, 0.05, 0.05]])
    classes = tf.constant([0, 2, 0])
    fraction = float(model.accuracy(scores, classes))
    assert abs(fraction - 2 / 3) < 1e-6, f"2 of 3 predictions are correct, the result is {fraction}"
    sentence = tf.reshape(scores, (1, 3, 3)), tf.reshape(classes, (1, 3))
    each = model.accuracy(*sentence, averaged=False)
    assert each.dtype == "float32", f"the vector should be float32, it is {each.dtype}"
    assert list(each) == [0, 1, 1], f"it should be the flat vector [0, 1, 1], it is {each}"


def check_validation_step():
    class Sum(Classifier):
        def call(self, a, b):
            return a + b

    result = Sum().validation_step((tf.zeros((1, 2)), tf.zeros((1, 2)), tf.constant([0])))
    assert set(result) == {"loss", "acc"}, f'it should have "loss" and "acc", it is {result}'
    assert abs(float(result["loss"]) - 0.6931) < 1e-3, result
    assert float(result["acc"]) == 1, result


def check_configure_optimizers():
    weight = tf.keras.Variable([1.0])
    Classifier(0.1).configure_optimizers().apply_gradients([(tf.constant([2.0]), weight)])
    assert abs(float(weight[0]) - 0.8) < 1e-6, f"the weight should be 0.8, it is {float(weight[0])}"


def check_fit_epoch():
    model = Scaled()
    batches = [(tf.constant([[0.0, 1.0]]), tf.constant([1]))]
    loss = fit_epoch(model, tf.keras.optimizers.SGD(0.1), batches)
    assert abs(float(loss) - 0.6931) < 1e-3, f"the loss should be 0.6931, it is {loss}"
    assert abs(float(model.w) - 0.05) < 1e-6, f"w should be 0.05, it is {float(model.w)}"
    X, y = tf.constant([[0.0, 4.0]] * 3), tf.constant([1, 0, 0])
    loss = fit_epoch(model, tf.keras.optimizers.SGD(0.0), [(X[:2], y[:2]), (X[2:], y[2:])])
    assert abs(float(loss) - 0.7315) < 1e-3, f"the mean of 3 losses should be 0.7315, it is {loss}"


for test in (
    check_loss,
    check_accuracy,
    check_validation_step,
    check_configure_optimizers,
    check_fit_epoch,
):
    name = test.__name__.removeprefix("check_")
    try:
        test()
    except NotImplementedError as error:
        print(f"{name:20} not written yet ({error})")
    except Exception as error:
        print(f"{name:20} {type(error).__name__}: {error}")
    else:
        print(f"{name:20} ok")
