# %% [markdown]
# # Softmax regression with classes
#
# The same classifier can be written as a set of small machines. A *loss* knows how it sums up a
# batch. An *optimizer* knows its parameters and its learning rate. A *metric* counts while batches
# go by. The training loop only calls them, so it can train another model with another loss without
# a single change. This is how PyTorch itself is built, and in this notebook you build such a kit
# on your own.
#
# You fill in ten pieces, called *stubs*:
#
# | part | stubs |
# |---|---|
# | the model | `softmax`, the variable `params`, `model` |
# | the losses | `MyCategoricalCrossEntropy`, `MySparseCategoricalCrossEntropy` |
# | learning and measuring | `MySGD`, `MyAcc` |
# | the loops | `train_epoch`, `valid_epoch`, `train` |
#
# **How to work.** Write your code where it says `YOUR CODE HERE` and delete the line that raises
# `NotImplementedError`. Every stub is followed by an example with its expected result and by a
# cell to try things out. Keep the names of the stubs and of their methods, and the order of the
# arguments. Apart from that the notebook is yours: add cells, print, plot.
#
# **What is checked.** Each stub is checked on its own, with small inputs and with the help of a
# correct version of the others. The checks call your code with their own models, losses, data and
# values of `params`; so read `params` *when a function is called* and do not copy it anywhere. No
# check asks for more than what this text says.
#
# **What you may use.** Everything in PyTorch except the ready-made version of what a stub is
# there to build:
#
# | in this stub | do not use, in any spelling |
# |---|---|
# | `softmax` | `softmax`, `log_softmax` (`torch.softmax`, `F.softmax`, `nn.Softmax`, …) |
# | the losses | `cross_entropy`, `nll_loss`, `softmax`, `log_softmax` (`nn.NLLLoss`, …) |
# | `MySGD` | anything from `torch.optim` |
#
# **Shapes.** $n$ is the number of examples in a batch, $p$ the number of inputs of one example
# and $c$ the number of classes. The last batch of an epoch may be smaller than the others.

# %%
import matplotlib.pyplot as plt
import torch
from torch.utils import data

# %% [markdown]
# ## The data: Fashion-MNIST
#
# Fashion-MNIST holds 60,000 training and 10,000 test images of clothes. Every image has
# $28 \times 28$ grey pixels between 0 and 1 and belongs to one of ten classes. This part is
# given. The first call downloads the files to `../data`, or uses them if they are there.


# %%
def load_data_fashion_mnist(batch_size):
    """Load Fashion-MNIST and return a pair of iterators: (training batches, test batches).

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


def get_fashion_mnist_labels(labels):
    """Turn class numbers into words: [9, 2] becomes ["ankle boot", "pullover"]."""
    return [text_labels[int(i)] for i in labels]


def show_images(images, titles, columns=8):
    """Draw images of shape (n, 1, 28, 28) in rows of `columns`, with a title over each."""
    rows = (len(images) + columns - 1) // columns
    _, axes = plt.subplots(rows, columns, figsize=(1.3 * columns, 1.7 * rows), squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for ax, image, title in zip(axes.flat, images, titles):
        ax.imshow(image.reshape(28, 28), cmap="gray")
        ax.set_title(title, fontsize=9)
    plt.tight_layout()
    plt.show()


# %%
batch_size = 32
train_iter, test_iter = load_data_fashion_mnist(batch_size)

# %%
X, y = next(iter(test_iter))
print(X.shape, X.dtype, X.min(), X.max())
# expected: torch.Size([32, 1, 28, 28]) torch.float32 tensor(0.) tensor(1.)
print(y)
# expected: 9, 2, 1, 1, 6, 1, 4, 6, 5, 7, 4, 5, 7, 3, 4, 1, 2, 4, 8, 0, 2, 5, 7, 9, 1, 4, 6, 0,
#           9, 3, 8, 8 (the first 32 labels of the full test set)
show_images(X, get_fashion_mnist_labels(y))

# %% [markdown]
# ## 1. `softmax(X)`
#
# A linear layer gives one number per class, the *logits*. Softmax makes probabilities of them:
#
# $$\operatorname{softmax}(X)_{ij} = \frac{\exp(X_{ij})}{\sum_{k=1}^{c} \exp(X_{ik})}$$
#
# Each **row** is one example, so each row must sum to 1. Exponentiate every element, sum each row
# as a column of shape $(n, 1)$, divide.
#
# In float32 $\exp(89)$ is already infinite. Subtracting the largest element of each row first
# changes nothing mathematically and avoids this. Such a *stable* softmax is welcome but not
# required.


# %%
def softmax(X):
    """Turn each row of logits into probabilities.

    Args:
        X: logits, a float tensor of shape (n, c).

    Returns:
        A new tensor of shape (n, c): positive, and every row sums to 1.

    Example:
        softmax(torch.tensor([[1.0, 2.0], [3.0, 3.0]]))
        is about [[0.2689, 0.7311], [0.5000, 0.5000]].
    """
    ### BEGIN SOLUTION
    X_exp = torch.exp(X - X.max(dim=1, keepdim=True).values)  # the maximum cancels out
    return X_exp / X_exp.sum(dim=1, keepdim=True)  # broadcasting: (n, c) / (n, 1)
    ### END SOLUTION


# %%
X = torch.tensor(
    [[0.7939, -0.0138, 0.0116, -0.1706, 0.4581], [-0.5037, 1.1059, 0.2747, -1.3178, 1.5509]]
)
X_prob = softmax(X)
print(X_prob)
# expected: [[0.3334, 0.1487, 0.1525, 0.1271, 0.2383],
#            [0.0609, 0.3045, 0.1326, 0.0270, 0.4751]]
print(X_prob.sum(dim=1))
# expected: [1., 1.]

# %% [markdown]
# **Try it.** Which logits give the probabilities 0.2, 0.2 and 0.6? Their logarithms do. Any number
# may be added to a row: the probabilities stay.

# %%
print(softmax(torch.log(torch.tensor([[0.2, 0.2, 0.6]]))))
print(softmax(torch.log(torch.tensor([[0.2, 0.2, 0.6]])) + 5))

# %% [markdown]
# ## 2. `model(X, params)` and `params`
#
# The model flattens every image to a row of $p = 784$ pixels and computes
#
# $$\hat{Y} = \operatorname{softmax}(X W + b)$$
#
# It is a function of the images **and of its parameters**: `params` is the list `[W, b]`, and
# the model uses what it is given, not the variables of the notebook. So the same function works
# with any other weights. Flatten with `W.shape[0]` in place of the number 784: the checks also
# put in smaller matrices.
#
# Three lines create the parameters:
#
# - `W`: shape $(784, 10)$, from a normal distribution with mean 0 and **standard deviation 0.01**;
# - `b`: zeros, of shape $(10,)$;
# - both float32 and with `requires_grad=True`, because they are to be learned;
# - `params`: the list of the two, in this order.

# %%
num_inputs = 28 * 28
num_outputs = 10

W = torch.normal(0, 0.01, size=(num_inputs, num_outputs), requires_grad=True)  # SOLUTION
b = torch.zeros(num_outputs, requires_grad=True)  # SOLUTION
params = [W, b]  # SOLUTION


# %%
def model(X, params):
    """Return the class probabilities of a batch of images.

    Args:
        X: images, of shape (n, 1, 28, 28) or any other shape (n, ...) whose examples have
            W.shape[0] elements each.
        params: the list [W, b] with W of shape (p, c) and b of shape (c,).

    Returns:
        Probabilities, of shape (n, c); every row sums to 1.

    Example:
        model(torch.zeros(2, 1, 28, 28), params) has shape (2, 10); with b = 0 every element
        is 0.1.
    """
    ### BEGIN SOLUTION
    W, b = params
    logits = torch.matmul(X.reshape((-1, W.shape[0])), W) + b
    return softmax(logits)
    ### END SOLUTION


# %%
print(model(torch.zeros(2, 1, 28, 28), params))
# expected: two rows of ten times 0.1000
print(model(torch.tensor([[1.0, 2.0]]), [torch.eye(2), torch.zeros(2)]))
# expected: [[0.2689, 0.7311]], the softmax of (1, 2)

# %% [markdown]
# **Try it.** What does the untrained model say about the first test images? All ten
# probabilities should be near 0.1: it knows nothing yet.

# %%
X, y = next(iter(test_iter))
print(model(X[:3], params))

# %% [markdown]
# ## 3. `class MyCategoricalCrossEntropy`
#
# The labels of this loss are **rows**: $y_i$ is a distribution over the classes. Mostly it is
# *one-hot*, 1 for the true class and 0 elsewhere. It may also be *soft*, such as (0.7, 0.3, 0) for
# two images that were mixed. In both cases
#
# $$\ell_i = -\sum_{j=1}^{c} y_{ij} \, \log \hat{y}_{ij}$$
#
# with the natural logarithm and with *probabilities* $\hat{y}$, not logits. The object is made
# once and then called like a function, by its method `__call__`. What it returns depends on
# `reduction`:
#
# | `reduction` | result |
# |---|---|
# | `"mean"` (the default) | one number, the mean over the $n$ examples |
# | `"sum"` | one number, the sum over the $n$ examples |
# | `"none"` | all losses, shape $(n,)$ |
#
# Labels may be integers (`[[0, 0, 1]]`) or floats. Probabilities of exactly 0 are not checked.


# %%
class MyCategoricalCrossEntropy:
    """Cross entropy for labels that are distributions: one-hot or soft.

    Example:
        MyCategoricalCrossEntropy("none")(torch.tensor([[0.2, 0.2, 0.6]]),
                                          torch.tensor([[0, 0, 1]])) is about [0.5108].
    """

    def __init__(self, reduction="mean"):
        """Remember the reduction: "mean", "sum" or "none"."""
        ### BEGIN SOLUTION
        self.reduction = reduction
        ### END SOLUTION

    def __call__(self, y_hat, y):
        """Return the loss of a batch.

        Args:
            y_hat: probabilities, of shape (n, c).
            y: the true distributions, of shape (n, c).

        Returns:
            A tensor through which gradients flow back to y_hat: one number for the reductions
            "mean" and "sum", shape (n,) for "none".
        """
        ### BEGIN SOLUTION
        losses = -(y * torch.log(y_hat)).sum(dim=1)
        if self.reduction == "mean":
            return losses.mean()
        return losses.sum() if self.reduction == "sum" else losses
        ### END SOLUTION


# %%
logits = torch.tensor([[-2.3, 4, 1.5], [-5, 2, 8]])
y_rows = torch.tensor([[0, 0, 1], [0, 1, 0]])
print(MyCategoricalCrossEntropy(reduction="none")(softmax(logits), y_rows))
# expected: [2.5806, 6.0025]
print(MyCategoricalCrossEntropy()(softmax(logits), y_rows))
# expected: 4.2915
print(MyCategoricalCrossEntropy(reduction="sum")(softmax(logits), y_rows))
# expected: 8.5831

# %% [markdown]
# **Try it.** A soft label: the picture is 60 % coat, 40 % shirt. Which prediction has the smallest
# loss? It is the label itself, and even then the loss is not 0.

# %%
soft = torch.tensor([[0.6, 0.4]])
for guess in ([[0.99, 0.01]], [[0.8, 0.2]], [[0.6, 0.4]], [[0.4, 0.6]]):
    print(guess, MyCategoricalCrossEntropy()(torch.tensor(guess), soft))

# %% [markdown]
# ## 4. `class MySparseCategoricalCrossEntropy`
#
# Mostly the label is just the class number $y_i$. Then one term of the sum is left, and nobody has
# to write all those zeros:
#
# $$\ell_i = -\log \hat{y}_{i, y_i}$$
#
# `y_hat[range(len(y_hat)), y]` picks from each row the element of its class. The reductions are
# the same as before, `"mean"` is the default.


# %%
class MySparseCategoricalCrossEntropy:
    """Cross entropy for labels that are class numbers.

    Example:
        MySparseCategoricalCrossEntropy("none")(torch.tensor([[0.2, 0.2, 0.6]]),
                                                torch.tensor([2])) is about [0.5108].
    """

    def __init__(self, reduction="mean"):
        """Remember the reduction: "mean", "sum" or "none"."""
        ### BEGIN SOLUTION
        self.reduction = reduction
        ### END SOLUTION

    def __call__(self, y_hat, y):
        """Return the loss of a batch.

        Args:
            y_hat: probabilities, of shape (n, c).
            y: true classes, integers from 0 to c - 1, of shape (n,).

        Returns:
            A tensor through which gradients flow back to y_hat: one number for the reductions
            "mean" and "sum", shape (n,) for "none".
        """
        ### BEGIN SOLUTION
        losses = -torch.log(y_hat[range(len(y_hat)), y])
        if self.reduction == "mean":
            return losses.mean()
        return losses.sum() if self.reduction == "sum" else losses
        ### END SOLUTION


# %%
y_hat = torch.tensor([[0.2, 0.2, 0.6], [0.1, 0.8, 0.1]])
y = torch.tensor([2, 1])
print(MySparseCategoricalCrossEntropy(reduction="none")(y_hat, y))
# expected: [0.5108, 0.2231]
print(MySparseCategoricalCrossEntropy()(y_hat, y))
# expected: 0.3670
print(MySparseCategoricalCrossEntropy(reduction="sum")(y_hat, y))
# expected: 0.7340

# %% [markdown]
# **Try it.** Two labels for the same thing: the class numbers, and the one-hot rows made of them.
# Both losses must agree. The untrained model has a loss of about $\ln 10 \approx 2.3026$.

# %%
X, y = next(iter(test_iter))
print(MySparseCategoricalCrossEntropy()(model(X, params), y))
print(MyCategoricalCrossEntropy()(model(X, params), torch.nn.functional.one_hot(y, 10)))

# %% [markdown]
# ## 5. `class MySGD`
#
# The optimizer is made once with the parameters and the learning rate $\eta$:
#
# - `step()` moves every parameter against its gradient,
#   $\theta \leftarrow \theta - \eta \, \nabla_\theta L$. Nothing is divided: the loss is a mean
#   over the batch already. Change the tensors **in place** (`-=` under `torch.no_grad()`), so
#   that the tensors that were passed in hold the new values and still require gradients.
# - `zero_grad()` clears every gradient, because `backward()` adds to what is there. Zeros and
#   `None` are both fine. Before the first `backward()` a gradient is still `None`: that must not
#   be an error.
#
# The checks pass the parameters as a list.


# %%
class MySGD:
    """Stochastic gradient descent on a list of parameters.

    Example:
        With p = [1.0, 2.0] and p.grad = [2.0, 4.0], MySGD([p], 0.1).step() makes p [0.8, 1.6].
    """

    def __init__(self, params, lr=0.03):
        """Remember the parameters (a list of tensors) and the learning rate."""
        ### BEGIN SOLUTION
        self.params = list(params)
        self.lr = lr
        ### END SOLUTION

    def step(self):
        """Subtract lr times its gradient from every parameter, in place."""
        ### BEGIN SOLUTION
        with torch.no_grad():
            for param in self.params:
                param -= self.lr * param.grad
        ### END SOLUTION

    def zero_grad(self):
        """Clear the gradient of every parameter, if it has one."""
        ### BEGIN SOLUTION
        for param in self.params:
            if param.grad is not None:
                param.grad.zero_()
        ### END SOLUTION


# %%
p = torch.tensor([1.0, 2.0], requires_grad=True)
tiny_sgd = MySGD([p], lr=0.1)
tiny_sgd.zero_grad()  # there is no gradient yet, and that is no error
(p**2).sum().backward()  # the gradient is 2p
tiny_sgd.step()
print(p)
# expected: tensor([0.8000, 1.6000], requires_grad=True)
tiny_sgd.zero_grad()
print(p.grad)
# expected: zeros or None

# %% [markdown]
# **Try it.** Twenty steps on $f(p) = (p - 3)^2$ from $p = 0$. Where do they lead? And what
# happens when you leave `zero_grad()` out?

# %%
p = torch.zeros(1, requires_grad=True)
tiny_sgd = MySGD([p], lr=0.1)
for _ in range(20):
    tiny_sgd.zero_grad()
    ((p - 3) ** 2).sum().backward()
    tiny_sgd.step()
print(p)

# %% [markdown]
# ## 6. `class MyAcc`
#
# A metric that counts while the batches go by:
#
# - `update_state(y_hat, y)` takes the scores of one batch, shape $(n, c)$, and its labels, shape
#   $(n,)$. The predicted class is the one with the largest score in its row.
# - `result()` is **the fraction of correct predictions among all examples since the last reset**, a
#   number between 0 and 1. Before the first batch it is 0.0. Asking for it changes nothing.
# - `reset_state()` forgets everything.
#
# Two metrics never share what they have counted. The mean of the accuracies of the batches is
# something else as soon as the last batch is smaller: count the correct predictions and the
# examples.


# %%
class MyAcc:
    """The fraction of correct predictions among all examples that it was shown.

    Example:
        After 2 of 3 right in one batch and 1 of 1 in another, result() is 0.75.
    """

    def __init__(self):
        """Start with nothing counted."""
        ### BEGIN SOLUTION
        self.reset_state()
        ### END SOLUTION

    def update_state(self, y_hat, y):
        """Count one batch: scores of shape (n, c), true classes of shape (n,)."""
        ### BEGIN SOLUTION
        self.correct += float((y_hat.argmax(dim=1) == y).sum())
        self.total += len(y)
        ### END SOLUTION

    def result(self):
        """Return correct predictions / examples, or 0.0 if there was no example yet."""
        ### BEGIN SOLUTION
        return self.correct / self.total if self.total else 0.0
        ### END SOLUTION

    def reset_state(self):
        """Forget everything that was counted."""
        ### BEGIN SOLUTION
        self.correct = 0.0
        self.total = 0
        ### END SOLUTION


# %%
my_acc = MyAcc()
y_hat = torch.tensor([[0.2, 0.6, 0.2], [0.1, 0.1, 0.8], [0.9, 0.05, 0.05]])
y = torch.tensor([0, 2, 0])
my_acc.update_state(y_hat, y)
print(my_acc.result())
# expected: 0.6666666666666666
my_acc.update_state(y_hat, y)
print(my_acc.result())
# expected: 0.6666666666666666 again, now 4 of 6
my_acc.reset_state()
print(my_acc.result())
# expected: 0.0

# %% [markdown]
# **Try it.** One big batch with 2 of 3 right, one small batch with 0 of 1. The fraction is 2 of 4;
# the mean of the two fractions would be 1/3.

# %%
my_acc.reset_state()
my_acc.update_state(y_hat, y)
my_acc.update_state(torch.tensor([[0.9, 0.1]]), torch.tensor([1]))
print(my_acc.result())

# %% [markdown]
# ## 7. `train_epoch(model, train_iter, loss, optimizer, metric)`
#
# One pass over the training data. First reset the metric. Then, for every batch: predict, compute
# the cost of the batch (`loss(y_hat, y)` gives one number), show the predictions to the metric,
# clear the gradients, compute the gradients, make a step.
#
# There are two kinds of models:
#
# - **a function** like `model` above: call it as `model(X, params)`, with the notebook's
#   variable `params`, read when `train_epoch` is called;
# - **a `torch.nn.Module`**: it has its own parameters. Put it into training mode (`model.train()`)
#   and call it as `model(X)`.
#
# Return two numbers for the epoch:
#
# - the cost: **the mean of the costs of the batches**, each of them computed before its step;
# - the accuracy: what the metric says at the end. It comes from the predictions made before each
#   step.
#
# Two different means, on purpose. A cost is whatever the loss object makes of a batch, a mean or a
# sum, so only the batches can be averaged; with a smaller last batch this is not quite the mean
# over all examples. The metric does count examples. (The assignment `softmax_regression` averages
# the loss over the examples instead.)


# %%
def train_epoch(model, train_iter, loss, optimizer, metric):
    """Train for one epoch and return (cost, accuracy).

    Args:
        model: a function of (X, params), or a torch.nn.Module that is called with X alone.
        train_iter: an iterable of batches (X, y); the last one may be smaller.
        loss: a function of (y_hat, y) that returns one number, the cost of the batch.
        optimizer: an object with zero_grad() and step().
        metric: an object with reset_state(), update_state(y_hat, y) and result().

    Returns:
        A pair of numbers: the mean of the costs of the batches, the result of the metric.

    Example:
        With the costs 0.5 and 1.5 in two batches and 3 of 4 predictions right: (1.0, 0.75).
    """
    ### BEGIN SOLUTION
    metric.reset_state()
    is_module = isinstance(model, torch.nn.Module)
    if is_module:
        model.train()
    costs = []
    for X, y in train_iter:
        y_hat = model(X) if is_module else model(X, params)
        cost = loss(y_hat, y)
        metric.update_state(y_hat, y)
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        costs.append(cost.item())
    return sum(costs) / len(costs), metric.result()
    ### END SOLUTION


# %%
# Three examples in batches of 2 and 1; the "model" looks up fixed probabilities, and the learning
# rate 0 changes nothing.
table = torch.tensor([[0.8, 0.2], [0.25, 0.75], [0.25, 0.75]], requires_grad=True)
batches = [(torch.tensor([0, 1]), torch.tensor([0, 1])), (torch.tensor([2]), torch.tensor([0]))]
sparse = MySparseCategoricalCrossEntropy()
print(train_epoch(lambda X, params: table[X], batches, sparse, MySGD([table], 0.0), MyAcc()))
# expected: about (0.8209, 0.6667); the loss per example would be 0.6324

# %% [markdown]
# **Try it.** The other kind of model: a module of PyTorch with its own optimizer and loss. Your
# loop trains it without a change. The cost goes down.

# %%
tiny = torch.nn.Linear(2, 2)
tiny_sgd = torch.optim.SGD(tiny.parameters(), lr=0.5)
batches = [
    (torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([0, 1])),
    (torch.tensor([[2.0, 1.0]]), torch.tensor([0])),
]
print(train_epoch(tiny, batches, torch.nn.CrossEntropyLoss(), tiny_sgd, MyAcc()))
print(train_epoch(tiny, batches, torch.nn.CrossEntropyLoss(), tiny_sgd, MyAcc()))

# %% [markdown]
# ## 8. `valid_epoch(model, test_iter, loss, metric)`
#
# The same measurement on data that the model does not learn from. Reset the metric, put a module
# into evaluation mode (`model.eval()`), and go through the batches under `torch.no_grad()`. Return
# the same two numbers as `train_epoch`.


# %%
def valid_epoch(model, test_iter, loss, metric):
    """Measure a model without training it and return (cost, accuracy).

    Args:
        model: a function of (X, params), or a torch.nn.Module that is called with X alone.
        test_iter: an iterable of batches (X, y); the last one may be smaller.
        loss, metric: as in train_epoch.

    Returns:
        A pair of numbers: the mean of the costs of the batches, the result of the metric.

    Example:
        With the costs 0.5 and 1.5 in two batches and 3 of 4 predictions right: (1.0, 0.75).
    """
    ### BEGIN SOLUTION
    metric.reset_state()
    is_module = isinstance(model, torch.nn.Module)
    if is_module:
        model.eval()
    costs = []
    with torch.no_grad():
        for X, y in test_iter:
            y_hat = model(X) if is_module else model(X, params)
            costs.append(loss(y_hat, y).item())
            metric.update_state(y_hat, y)
    return sum(costs) / len(costs), metric.result()
    ### END SOLUTION


# %%
batches = [(torch.tensor([0, 1]), torch.tensor([0, 1])), (torch.tensor([2]), torch.tensor([0]))]
print(valid_epoch(lambda X, params: table[X], batches, sparse, MyAcc()))
# expected: about (0.8209, 0.6667), as above

# %% [markdown]
# **Try it.** The untrained model on all test images: a cost of about 2.3026 and an accuracy near
# 0.1, between 0.01 and 0.21 depending on the random weights.

# %%
print(valid_epoch(model, test_iter, sparse, MyAcc()))

# %% [markdown]
# ## 9. `train(model, train_iter, test_iter, loss, num_epochs, optimizer, metric)`
#
# The whole training. In every epoch call `train_epoch` once, then `valid_epoch` once on the test
# data. Return **two lists** with one dictionary per epoch, the first epoch first:
#
# ```python
# train_history = [{"loss": ..., "acc": ...}, ...]   # what train_epoch returned
# valid_history = [{"loss": ..., "acc": ...}, ...]   # what valid_epoch returned
# ```
#
# You may print or plot while it runs.


# %%
def train(model, train_iter, test_iter, loss, num_epochs, optimizer, metric):
    """Train for some epochs and return what was measured in each of them.

    Args:
        model, train_iter, loss, optimizer, metric: as in train_epoch.
        test_iter: an iterable of batches (X, y) on which the model is only measured.
        num_epochs: how many times to go through the training data.

    Returns:
        A pair of lists (train_history, valid_history), each of num_epochs dictionaries with the
        keys "loss" and "acc".

    Example:
        With num_epochs = 1: ([{"loss": 0.592, "acc": 0.800}], [{"loss": 0.507, "acc": 0.823}]).
    """
    ### BEGIN SOLUTION
    train_history, valid_history = [], []
    for _ in range(num_epochs):
        train_loss, train_acc = train_epoch(model, train_iter, loss, optimizer, metric)
        valid_loss, valid_acc = valid_epoch(model, test_iter, loss, metric)
        train_history.append({"loss": train_loss, "acc": train_acc})
        valid_history.append({"loss": valid_loss, "acc": valid_acc})
    return train_history, valid_history
    ### END SOLUTION


# %%
print(
    train(lambda X, params: table[X], batches, batches[:1], sparse, 2, MySGD([table], 0.0), MyAcc())
)
# expected: a pair of lists; twice loss 0.8209, acc 0.6667, and twice loss 0.2554, acc 1.0

# %% [markdown]
# ### Now train
#
# Ten epochs on the 60,000 images, batches of 32, learning rate 0.1. The course text reports:
#
# | | epoch 1 | epoch 10 |
# |---|---|---|
# | train loss | .5925 | .4261 |
# | train accuracy | .8003 | .8522 |
# | validation loss | .5071 | .4772 |
# | validation accuracy | .8237 | .8313 |
#
# Your training losses should agree within about .012 (within .017 in the first epoch), the training
# accuracies within .008. The validation side jumps much more from epoch to epoch: with batches
# of 32 and a learning rate of 0.1 every step is large.
#
# To train once more from the start, first run the cell of `W`, `b` and `params` again.
# Otherwise training goes on where it stopped.

# %%
num_epochs = 10
loss = MySparseCategoricalCrossEntropy()
optimizer = MySGD(params, lr=0.1)
metric = MyAcc()
train_history, valid_history = train(
    model, train_iter, test_iter, loss, num_epochs, optimizer, metric
)

print("epoch   train loss   train acc   valid loss   valid acc")
for epoch, (seen, unseen) in enumerate(zip(train_history, valid_history), start=1):
    print(
        f"{epoch:5d} {seen['loss']:12.4f} {seen['acc']:11.4f}"
        f" {unseen['loss']:12.4f} {unseen['acc']:11.4f}"
    )

# %%
epochs = range(1, num_epochs + 1)
_, axes = plt.subplots(1, 2, figsize=(8, 3))
for ax, key in zip(axes, ("loss", "acc")):
    ax.plot(epochs, [row[key] for row in train_history], "-", label="training")
    ax.plot(epochs, [row[key] for row in valid_history], "--", label="validation")
    ax.set_xlabel("epoch")
    ax.set_title(key)
    ax.grid()
    ax.legend()
plt.tight_layout()
plt.show()

# %%
assert train_history[-1]["loss"] < 0.5, train_history[-1]
assert 0.8 < train_history[-1]["acc"] <= 1, train_history[-1]
assert 0.45 < valid_history[-1]["acc"] <= 1, valid_history[-1]

# %% [markdown]
# Look at what the model says: over every image the true label, below it the predicted one.

# %%
X, y = next(iter(test_iter))
with torch.no_grad():
    predicted = model(X, params).argmax(dim=1)
titles = zip(get_fashion_mnist_labels(y), get_fashion_mnist_labels(predicted))
show_images(X[:16], [f"{true}\n{guess}" for true, guess in titles])

# %% [markdown]
# ## What PyTorch's own loss expects
#
# Your loss takes probabilities, `torch.nn.CrossEntropyLoss` takes **logits** and applies its own
# log-softmax, because that is numerically safer. So it agrees with yours on the logits, and gives
# something else if it is fed with probabilities. That mistake is easy to make and hard to see:
# such a model still learns. The assignment `softmax_concise` uses the ready-made parts.

# %%
y_hat = torch.tensor([[0.2, 0.2, 0.6], [0.1, 0.8, 0.1]])
y = torch.tensor([2, 1])
ready_made = torch.nn.CrossEntropyLoss(reduction="none")
print(ready_made(logits, y), MySparseCategoricalCrossEntropy("none")(softmax(logits), y))
# expected: [2.5806, 6.0025] twice
print(ready_made(y_hat, y), MySparseCategoricalCrossEntropy("none")(y_hat, y))
# expected: [0.8504, 0.6897], which is wrong, and [0.5108, 0.2231]

# %% [markdown]
# ## Check yourself
#
# This cell needs nothing but your notebook. It tests a part of what the grader tests, says what
# is wrong in each stub, and goes on. If you have the grader, `grader check` tells you more.


# %%
def check_softmax():
    P = softmax(torch.tensor([[1.0, 2.0, 3.0], [3.0, 3.0, 3.0]]))
    assert P.shape == (2, 3), "the result must have the shape of X"
    assert torch.allclose(P.sum(dim=1), torch.ones(2), atol=1e-5), "each row must sum to 1"
    assert torch.allclose(P[0], torch.tensor([0.0900, 0.2447, 0.6652]), atol=1e-4), P[0]


def check_model():
    assert torch.is_tensor(W), "W is not written yet"
    assert torch.is_tensor(b), "b is not written yet"
    assert W.shape == (784, 10), f"W must have the shape (784, 10), not {tuple(W.shape)}"
    assert b.shape == (10,), f"b must have the shape (10,), not {tuple(b.shape)}"
    assert W.requires_grad, "W must require gradients"
    assert b.requires_grad, "b must require gradients"
    P = model(torch.rand(5, 3), [torch.zeros(3, 2), torch.log(torch.tensor([1.0, 3.0]))])
    assert P.shape == (5, 2), f"model must return shape (5, 2) here, not {tuple(P.shape)}"
    expected = torch.tensor([[0.25, 0.75]] * 5)
    assert torch.allclose(P, expected, atol=1e-5), "use the W and b that params holds"


def check_categorical():
    P = torch.tensor([[0.2, 0.2, 0.6], [0.1, 0.8, 0.1]])
    Y = torch.tensor([[0, 0, 1], [0, 1, 0]])
    values = MyCategoricalCrossEntropy("none")(P, Y)
    assert values.shape == (2,), f"one loss per example, shape (2,), not {tuple(values.shape)}"
    assert torch.allclose(values, torch.tensor([0.5108, 0.2231]), atol=1e-4), values
    mean, total = MyCategoricalCrossEntropy()(P, Y), MyCategoricalCrossEntropy("sum")(P, Y)
    assert abs(mean - 0.3670) < 1e-4, f"the mean should be 0.3670, it is {mean}"
    assert abs(total - 0.7340) < 1e-4, f"the sum should be 0.7340, it is {total}"


def check_sparse():
    P = torch.tensor([[0.2, 0.2, 0.6], [0.1, 0.8, 0.1]])
    y = torch.tensor([2, 1])
    values = MySparseCategoricalCrossEntropy("none")(P, y)
    assert values.shape == (2,), f"one loss per example, shape (2,), not {tuple(values.shape)}"
    assert torch.allclose(values, torch.tensor([0.5108, 0.2231]), atol=1e-4), values
    mean = MySparseCategoricalCrossEntropy()(P, y)
    total = MySparseCategoricalCrossEntropy("sum")(P, y)
    assert abs(mean - 0.3670) < 1e-4, f"the mean should be 0.3670, it is {mean}"
    assert abs(total - 0.7340) < 1e-4, f"the sum should be 0.7340, it is {total}"


def check_sgd():
    p = torch.tensor([1.0, 2.0], requires_grad=True)
    sgd = MySGD([p], 0.1)
    sgd.zero_grad()
    p.grad = torch.tensor([2.0, 4.0])
    sgd.step()
    assert torch.allclose(p, torch.tensor([0.8, 1.6])), f"p should be [0.8, 1.6], it is {p}"
    sgd.zero_grad()
    assert p.grad is None or not p.grad.any(), "zero_grad() must clear the gradient"


def check_acc():
    first, second = MyAcc(), MyAcc()
    assert first.result() == 0, "before the first batch the result is 0.0"
    first.update_state(torch.tensor([[0.9, 0.1], [0.2, 0.8]]), torch.tensor([0, 1]))
    first.update_state(torch.tensor([[0.9, 0.1]]), torch.tensor([1]))
    assert abs(first.result() - 2 / 3) < 1e-6, f"2 of 3 are right, the result is {first.result()}"
    assert second.result() == 0, "two metrics must not share what they count"
    first.reset_state()
    assert first.result() == 0, "after reset_state() the result is 0.0"


def check_train_epoch():
    P = torch.tensor([[0.8, 0.2], [0.25, 0.75], [0.25, 0.75]], requires_grad=True)
    pairs = [(torch.tensor([0, 1]), torch.tensor([0, 1])), (torch.tensor([2]), torch.tensor([0]))]
    cost, acc = train_epoch(lambda X, params: P[X], pairs, sparse, MySGD([P], 0.0), MyAcc())
    assert abs(cost - 0.8209) < 1e-4, f"the cost should be 0.8209, it is {cost}"
    assert abs(acc - 2 / 3) < 1e-4, f"the accuracy should be 2/3, it is {acc}"
    train_epoch(lambda X, params: P[X], pairs, sparse, MySGD([P], 0.1), MyAcc())
    expected = torch.tensor([[0.8625, 0.2], [0.25, 0.8167], [0.65, 0.75]])
    assert torch.allclose(P, expected, atol=1e-4), "the steps do not lead to the right place"


def check_valid_epoch():
    P = torch.tensor([[0.8, 0.2], [0.25, 0.75], [0.25, 0.75]], requires_grad=True)
    pairs = [(torch.tensor([0, 1]), torch.tensor([0, 1])), (torch.tensor([2]), torch.tensor([0]))]
    cost, acc = valid_epoch(lambda X, params: P[X], pairs, sparse, MyAcc())
    assert abs(cost - 0.8209) < 1e-4, f"the cost should be 0.8209, it is {cost}"
    assert abs(acc - 2 / 3) < 1e-4, f"the accuracy should be 2/3, it is {acc}"
    assert P.grad is None, "no gradients are needed here"


def check_train():
    P = torch.tensor([[0.8, 0.2], [0.25, 0.75], [0.25, 0.75]], requires_grad=True)
    pairs = [(torch.tensor([0, 1]), torch.tensor([0, 1])), (torch.tensor([2]), torch.tensor([0]))]
    parts = (sparse, 3, MySGD([P], 0.0), MyAcc())
    histories = train(lambda X, params: P[X], pairs, pairs[:1], *parts)
    assert [len(history) for history in histories] == [3, 3], "two lists of three dictionaries"
    assert abs(histories[0][2]["acc"] - 2 / 3) < 1e-4, "the first list is about the training data"
    assert abs(histories[1][2]["acc"] - 1) < 1e-4, "the second list is about test_iter"


for test in (
    check_softmax,
    check_model,
    check_categorical,
    check_sparse,
    check_sgd,
    check_acc,
    check_train_epoch,
    check_valid_epoch,
    check_train,
):
    name = test.__name__.removeprefix("check_")
    try:
        test()
    except NotImplementedError as error:
        print(f"{name:12} not written yet ({error})")
    except Exception as error:
        print(f"{name:12} {type(error).__name__}: {error}")
    else:
        print(f"{name:12} ok")
