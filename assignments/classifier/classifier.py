# %% [markdown]
# # A base class for classifiers
#
# Softmax regression, a multilayer perceptron, a network with a hundred layers: as classifiers they
# differ in one place only, in how they turn an input into scores. The loss, the accuracy, what is
# measured on validation data and the optimizer are the same every time. So they are written once,
# in a base class, and every later model inherits them.
#
# You fill in seven pieces, called *stubs*:
#
# | part | stubs |
# |---|---|
# | the class `Classifier` | `loss`, `accuracy`, `validation_step`, `configure_optimizers` |
# | averages over batches | `quick_validation_loss`, `validation_loss` |
# | decisions | `optimal_decision` |
#
# **How to work.** Write your code where it says `YOUR CODE HERE` and delete the line that raises
# `NotImplementedError`. Keep the names and the arguments. Apart from that the notebook is yours:
# add cells, print, plot.
#
# **What is checked.** Each stub is checked on its own, with small inputs. The checks make their
# own subclasses of your `Classifier`, and where one method needs another one, they put a correct
# version in its place. No check asks for more than what this text says.
#
# **What you may use.** Everything in PyTorch, its ready-made cross entropy and optimizers too: the
# earlier assignments have built these from scratch.
#
# **Shapes.** $n$ is the number of examples in a batch and $c$ the number of classes. The last batch
# may be smaller than the others.

# %%
import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.utils import data

# %% [markdown]
# ## The class
#
# The four methods are written one after the other below, each in the same class. The first cell of
# the class is given: it keeps the learning rate as `self.lr`. A subclass adds layers and `forward`,
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
# apply softmax twice. In PyTorch `F.cross_entropy` takes logits and has an argument `reduction`.
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
# 3. Compare: `==` is sensitive to data types, so give the predictions the dtype of `y` first.
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
# ### 4. `configure_optimizers()`
#
# Return the optimizer that trains this model: plain stochastic gradient descent
# (`torch.optim.SGD`, no momentum) on **all** parameters of the model, with the learning rate
# `self.lr`.


# %%
class Classifier(nn.Module):
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
        """Return the optimizer of this model: plain SGD on all parameters, learning rate self.lr.

        Example:
            A weight of 1.0 with the gradient 2.0 and lr = 0.1 becomes 0.8 by one step.
        """
        # YOUR CODE HERE
        raise NotImplementedError("Classifier.configure_optimizers: your code is still missing")


# %%
classifier = Classifier()
L = torch.tensor([[-2.3, 4.0, 1.5], [-5.0, 2.0, 8.0]])
y = torch.tensor([2, 1])
print(classifier.loss(L, y))
# expected: 4.2915
print(classifier.loss(L, y, averaged=False))
# expected: [2.5806, 6.0025]

# %%
y_hat = torch.tensor([[0.2, 0.6, 0.2], [0.1, 0.1, 0.8], [0.9, 0.05, 0.05]])
y = torch.tensor([0, 2, 0])
print(classifier.accuracy(y_hat, y))
# expected: 0.6667
print(classifier.accuracy(y_hat, y, averaged=False))
# expected: [0., 1., 1.]
print(classifier.accuracy(y_hat.reshape(1, 3, 3), y.reshape(1, 3), averaged=False))
# expected: [0., 1., 1.] again, for one sentence of three words


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
print(classifier.loss(torch.zeros(1, 10), torch.tensor([3])))
print(classifier.loss(torch.tensor([[20.0, 0.0]]), torch.tensor([0])))
print(classifier.loss(torch.tensor([[20.0, 0.0]]), torch.tensor([1])))

# %% [markdown]
# ## A model on Fashion-MNIST
#
# Now the base class earns its keep: softmax regression is four lines. The data and the loop below
# are given; the loop uses your four methods and knows nothing about the model. The first call
# downloads the images to `../data`, or uses them if they are there.


# %%
def load_data_fashion_mnist(batch_size):
    """Load Fashion-MNIST and return a pair of iterators: (training batches, validation batches).

    Each batch is a pair (X, y): images X of shape (n, 1, 28, 28), float32, and labels y of
    shape (n,), integers from 0 to 9. Only the training examples are shuffled.
    """
    import torchvision

    def batches(train):
        part = torchvision.datasets.FashionMNIST(root="../data", train=train, download=True)
        X = part.data.unsqueeze(1) / 255  # bytes to float32, once for all epochs
        return data.DataLoader(data.TensorDataset(X, part.targets), batch_size, shuffle=train)

    return batches(train=True), batches(train=False)


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
    for ax, image, title in zip(axes.flat, images, titles):
        ax.imshow(image.reshape(28, 28), cmap="gray")
        ax.set_title(title, fontsize=9)
    plt.tight_layout()
    plt.show()


# %%
class SoftmaxRegression(Classifier):
    """One linear layer: images (n, 1, 28, 28) to ten logits each."""

    def __init__(self, lr=0.1):
        super().__init__(lr)
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))

    def forward(self, X):
        return self.net(X)


def validate(model, valid_iter):
    """Return the results of validation_step for every batch: two lists, losses and accuracies."""
    model.eval()
    with torch.no_grad():
        steps = [model.validation_step(batch) for batch in valid_iter]
    return [float(step["loss"]) for step in steps], [float(step["acc"]) for step in steps]


def fit(model, train_iter, valid_iter, num_epochs):
    """Train a Classifier; return one (train loss, validation loss, accuracy) per epoch."""
    optimizer = model.configure_optimizers()
    history = []
    for _ in range(num_epochs):
        model.train()
        train_losses = []
        for *inputs, y in train_iter:
            loss = model.loss(model(*inputs), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            train_losses.append(float(loss.detach()))
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
with torch.no_grad():
    predicted = model(X[:12]).argmax(dim=1)
show_images(X[:12], [f"{text_labels[t]}\n{text_labels[p]}" for t, p in zip(y, predicted)])

# %% [markdown]
# **Try it.** Write a subclass with a hidden layer: `nn.Linear(784, 128)`, `nn.ReLU()`,
# `nn.Linear(128, 10)`. Nothing else has to change. Is it better after five epochs?

# %% [markdown]
# ## 5. `quick_validation_loss(batch_losses)`
#
# `validate` gives one loss per batch, each the mean over its batch. The quick way to one number for
# the whole validation data is to average these $m$ values:
#
# $$L_v^q = \frac{1}{m} \sum_{i=1}^{m} L_i$$


# %%
def quick_validation_loss(batch_losses):
    """Return the mean of the losses of all batches.

    Args:
        batch_losses: a list of m numbers, each the mean loss of one batch.

    Returns:
        One number.

    Example:
        quick_validation_loss([0.5, 0.7, 0.9]) is 0.7.
    """
    # YOUR CODE HERE
    raise NotImplementedError("quick_validation_loss: your code is still missing")


# %%
print(quick_validation_loss([0.5, 0.7, 0.9]))
# expected: about 0.7

# %% [markdown]
# ## 6. `validation_loss(quick, last, num_examples, batch_size)`
#
# The quick value is not quite the mean over all examples. There are $N$ examples in batches of $B$.
# All batches are full, but the last one holds only what is left: $r$ examples with $1 \le r \le B$.
# In $L_v^q$ these $r$ examples count as much as the $B$ of any other batch: too much.
#
# The exact mean over all examples, $L_v$, follows from four numbers: the quick value $L_v^q$, the
# loss $L_v^b$ of the last batch, $N$ and $B$. To find it, answer these questions with pencil and
# paper:
#
# 1. How many batches $m$ are there? How many examples $r$ are in the last one? (Mind the case
#    where $B$ divides $N$: the last batch is full then, $r = B$.)
# 2. What is the sum of the losses of all batches but the last, by $L_v^q$, $m$ and $L_v^b$?
# 3. What is the sum of the losses of all *examples* in them? And of those in the last batch?


# %%
def validation_loss(quick, last, num_examples, batch_size):
    """Return the exact mean loss over all examples.

    Args:
        quick: the mean of the losses of all batches.
        last: the loss (mean over its examples) of the last batch.
        num_examples: N, the number of examples.
        batch_size: B, the number of examples in every batch but the last, which holds the rest.

    Returns:
        One number: the sum of the losses of all examples, divided by N.

    Example:
        Three examples with the losses 1, 2 and 6 in batches of two: the batch losses are 1.5 and 6,
        and validation_loss(3.75, 6.0, 3, 2) is 3.0.
    """
    # YOUR CODE HERE
    raise NotImplementedError("validation_loss: your code is still missing")


# %%
print(validation_loss(3.75, 6.0, 3, 2))
# expected: 3.0
print(validation_loss(0.7, 0.9, 6, 2))
# expected: 0.7, for all batches are full

# %%
losses, _ = validate(model, valid_iter)
quick = quick_validation_loss(losses)
exact = validation_loss(quick, losses[-1], len(valid_iter.dataset), valid_iter.batch_size)
print(f"quick {quick:.6f}, exact {exact:.6f}")
# expected: nearly the same; 10,000 examples are 39 batches of 256 and one of 16

# %% [markdown]
# **Try it.** The quick value is *unbiased*: over all orders of the examples it is right on average,
# $E[L_v^q] = E[L_v]$, since every example is equally likely to be in the short batch. Why would you
# still use $L_v$? Look at how far the two spread over a thousand random orders of seven losses.


# %%
def quick_and_exact(count):
    """Both values of seven losses, in batches of three, for `count` random orders; (count, 2)."""
    seven = torch.tensor([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 3.5])
    pairs = []
    for _ in range(count):
        parts = [part.mean().item() for part in seven[torch.randperm(7)].split(3)]
        quick = quick_validation_loss(parts)
        pairs.append([quick, validation_loss(quick, parts[-1], 7, 3)])
    return torch.tensor(pairs)


print("mean of quick and exact:", quick_and_exact(1000).mean(dim=0))
print("spread of quick and exact:", quick_and_exact(1000).std(dim=0))
# expected: both means are near 0.80; the quick values spread by about 0.5, the exact ones by 0.00

# %% [markdown]
# ## 7. `optimal_decision(p, loss_matrix)`
#
# The most probable class is not always the best decision. A doctor who sees a mole that is harmless
# with probability 0.9 and dangerous with 0.1 still orders an examination: the two possible mistakes
# do not cost the same. Let $l(y, y')$ be what it costs to decide for $y'$ when the truth is $y$,
# and $p(y)$ the probability that the model gives to $y$. The expected cost of deciding for $y'$ is
#
# $$\sum_{y} l(y, y') \, p(y)$$
#
# and the best decision is the $y'$ for which it is smallest. In `loss_matrix` the **row is the true
# class, the column is the decision**.


# %%
def optimal_decision(p, loss_matrix):
    """Return the decision with the smallest expected cost.

    Args:
        p: the probability of every class, a tensor of shape (c,).
        loss_matrix: a tensor of shape (c, c); row y, column y' is the cost of deciding for y' when
            y is true.

    Returns:
        The number of the best class, from 0 to c - 1.

    Example:
        With p = [0.9, 0.1] and loss_matrix = [[0, 1], [20, 0]] it is 1: expected costs 2.0 and 0.9.
    """
    # YOUR CODE HERE
    raise NotImplementedError("optimal_decision: your code is still missing")


# %%
p = torch.tensor([0.9, 0.1])
print(optimal_decision(p, torch.tensor([[0.0, 1.0], [20.0, 0.0]])))
# expected: 1
print(optimal_decision(p, torch.tensor([[0.0, 1.0], [1.0, 0.0]])))
# expected: 0, for when all mistakes cost the same, the most probable class is best

# %% [markdown]
# **Try it.** At which cost of the dangerous mistake does the decision change, for $p = [0.9, 0.1]$?

# %% [markdown]
# ## Check yourself
#
# This cell needs nothing but your notebook. It tests a part of what the grader tests, says what
# is wrong in each stub, and goes on.


# %%
def check_loss():
    model = Classifier()
    logits, classes = torch.tensor([[-2.3, 4.0, 1.5], [-5.0, 2.0, 8.0]]), torch.tensor([2, 1])
    mean, each = model.loss(logits, classes), model.loss(logits, classes, averaged=False)
    assert abs(float(mean) - 4.2915) < 1e-3, f"the mean should be 4.2915, it is {mean}"
    assert each.shape == (2,), f"one loss per example, shape (2,), not {tuple(each.shape)}"
    assert torch.allclose(each, torch.tensor([2.5806, 6.0025]), atol=1e-3), each


def check_accuracy():
    model = Classifier()
    scores = torch.tensor([[0.2, 0.6, 0.2], [0.1, 0.1, 0.8], [0.9, 0.05, 0.05]])
    classes = torch.tensor([0, 2, 0])
    fraction = float(model.accuracy(scores, classes))
    assert abs(fraction - 2 / 3) < 1e-6, f"2 of 3 predictions are correct, the result is {fraction}"
    each = model.accuracy(scores.reshape(1, 3, 3), classes.reshape(1, 3), averaged=False)
    assert each.dtype == torch.float32, f"the vector should be float32, it is {each.dtype}"
    assert each.tolist() == [0, 1, 1], f"it should be the flat vector [0, 1, 1], it is {each}"


def check_validation_step():
    class Sum(Classifier):
        def forward(self, a, b):
            return a + b

    batch = (torch.zeros(1, 2), torch.zeros(1, 2), torch.tensor([0]))
    result = Sum().validation_step(batch)
    assert set(result) == {"loss", "acc"}, f'it should have "loss" and "acc", it is {result}'
    assert abs(float(result["loss"]) - 0.6931) < 1e-3, result
    assert float(result["acc"]) == 1, result


def check_configure_optimizers():
    class Two(Classifier):
        def __init__(self):
            super().__init__(lr=0.5)
            self.a, self.b = nn.Parameter(torch.ones(1)), nn.Parameter(torch.ones(1))

    model = Two()
    optimizer = model.configure_optimizers()
    for _ in range(2):
        model.a.grad = model.b.grad = torch.tensor([0.4])
        optimizer.step()
    values = [round(float(model.a), 4), round(float(model.b), 4)]
    assert values == [0.6, 0.6], f"after two steps both should be 0.6, they are {values}"


def check_quick_validation_loss():
    value = float(quick_validation_loss([1.0, 2.0, 6.0]))
    assert abs(value - 3) < 1e-6, f"the mean of 1, 2 and 6 is 3, the result is {value}"


def check_validation_loss():
    value = float(validation_loss(3.75, 6.0, 3, 2))
    assert abs(value - 3) < 1e-6, f"it should be 3, it is {value}"
    value = float(validation_loss(0.7, 0.9, 6, 2))
    assert abs(value - 0.7) < 1e-6, f"with full batches it should be 0.7, it is {value}"


def check_optimal_decision():
    costs = torch.tensor([[0.0, 1.0], [20.0, 0.0]])
    assert int(optimal_decision(torch.tensor([0.9, 0.1]), costs)) == 1, "the best decision is 1"
    assert int(optimal_decision(torch.tensor([0.99, 0.01]), costs)) == 0, "the best decision is 0"


for test in (
    check_loss,
    check_accuracy,
    check_validation_step,
    check_configure_optimizers,
    check_quick_validation_loss,
    check_validation_loss,
    check_optimal_decision,
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
