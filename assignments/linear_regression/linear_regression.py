# %% [markdown]
# # Linear regression, from scratch and concise
#
# Here is a table with two columns of inputs and one of outputs. Somebody made the outputs from the
# inputs with two weights and a bias, added a little noise, and lost the paper with the numbers. In
# this notebook you find them again: first with tensors and gradients only, so that you have seen
# every part, then with the tools of PyTorch, which do the same in fewer lines.
#
# You fill in eleven pieces, called *stubs*:
#
# | part | stubs |
# |---|---|
# | data | `synthetic_data`, `data_iter` |
# | the model and three losses | `linreg`, `squared_loss`, `absolute_loss`, `huber_loss` |
# | learning | `sgd`, `train` |
# | the same with PyTorch | `load_array`, `make_net`, `train_concise` |
#
# **How to work.** Write your code where it says `YOUR CODE HERE` and delete the line that raises
# `NotImplementedError`. Every stub is followed by an example with its expected result and by a
# cell to try things out. Keep the names and the arguments of the stubs. Apart from that the
# notebook is yours: add cells, print, plot.
#
# **What is checked.** Each stub is checked on its own, with small inputs and with the help of a
# correct version of the others. Where a result is random, the checks look at many draws, never at
# single numbers. No check asks for more than what this text says.
#
# **What you may use.** Everything in PyTorch except the ready-made version of what a stub is
# there to build:
#
# | in this stub | do not use, in any spelling |
# |---|---|
# | `linreg` | `F.linear`, `nn.Linear` |
# | `squared_loss` | `F.mse_loss`, `nn.MSELoss` |
# | `absolute_loss` | `F.l1_loss`, `nn.L1Loss` |
# | `huber_loss` | `F.huber_loss`, `F.smooth_l1_loss`, `nn.HuberLoss`, `nn.SmoothL1Loss` |
# | `sgd` | anything from `torch.optim` |
#
# In the three stubs of the last part you use PyTorch's own tools.
#
# **Shapes.** $n$ is the number of examples and $p$ the number of inputs of one example. Features
# have the shape $(n, p)$, labels and predictions are columns of shape $(n, 1)$.

# %%
import random

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.utils import data

# %% [markdown]
# ## 1. `synthetic_data(w, b, count)`
#
# Data whose true weights are known are the best test of a program that looks for weights. Every
# example has $p$ inputs, drawn from a normal distribution with mean 0 and standard deviation 1, and
#
# $$y = x_1 w_1 + \dots + x_p w_p + b + \varepsilon$$
#
# where the noise $\varepsilon$ is drawn anew for every example from a normal distribution with
# mean 0 and **standard deviation 0.1** (its variance is 0.01).
#
# `w` is a tensor of shape $(p,)$ and `b` a number. Return the features, of shape $(n, p)$ with
# $n$ = `count`, and the labels as a column of shape $(n, 1)$.


# %%
def synthetic_data(w, b, count):
    """Draw examples of y = Xw + b + noise.

    Args:
        w: the true weights, a float tensor of shape (p,).
        b: the true bias, a number.
        count: the number of examples n.

    Returns:
        A pair (X, y): X of shape (n, p) from N(0, 1), and y = Xw + b + N(0, 0.1) of shape (n, 1).

    Example:
        With w = [2, -3.4] and b = 4.2, an example x = [1, 1] has a y of about 2.8: mostly between
        2.5 and 3.1.
    """
    # YOUR CODE HERE
    raise NotImplementedError("synthetic_data: your code is still missing")


# %%
true_w = torch.tensor([2, -3.4])
true_b = 4.2
features, labels = synthetic_data(true_w, true_b, 10000)

print(features.shape, labels.shape)
# expected: torch.Size([10000, 2]) torch.Size([10000, 1])
noise = labels - (features @ true_w + true_b).reshape(-1, 1)
print(f"features: mean {features.mean():.2f}, standard deviation {features.std():.2f}")
# expected: a mean near 0.00 and a standard deviation near 1.00
print(f"noise: mean {noise.mean():.3f}, standard deviation {noise.std():.3f}")
# expected: a mean near 0.000 and a standard deviation near 0.100

# %%
fig, axes = plt.subplots(1, 2, figsize=(8, 3), sharey=True)
for i, ax in enumerate(axes):
    ax.scatter(features[:1000, i], labels[:1000], s=2)
    ax.set_xlabel(f"input {i + 1}")
axes[0].set_ylabel("y")
plt.show()

# %% [markdown]
# **Try it.** Which of the two inputs has more influence on $y$? Which picture shows its weight
# better? Set the other weight to 0 and draw again: what is left of the cloud?

# %%
X, y = synthetic_data(torch.tensor([0.0, -3.4]), true_b, 1000)
plt.figure(figsize=(4, 3))
plt.scatter(X[:, 1], y, s=2)
plt.show()

# %% [markdown]
# ## 2. `data_iter(batch_size, features, labels)`
#
# Training does not look at all 10,000 examples before each step. It takes a few, called a
# *minibatch*, makes a step, and takes the next few. `data_iter` gives these minibatches:
#
# - pairs `(X, y)` of `batch_size` examples; the **last batch is smaller** if they do not fit;
# - **every example exactly once**, each with its own label;
# - in **random order**, a new one at every call: shuffle all examples, not only the batches.
#
# Write it as a generator (with `yield`), or return any other iterable of pairs.


# %%
def data_iter(batch_size, features, labels):
    """Go once through all examples in random order, in minibatches.

    Args:
        batch_size: examples in a batch; the last batch may have fewer.
        features: a tensor of shape (n, p).
        labels: a tensor of shape (n, 1).

    Returns:
        A generator (or another iterable) of pairs (X, y) of shapes (k, p) and (k, 1).

    Example:
        10 examples in batches of 4 come as 4, 4 and 2 examples.
    """
    # YOUR CODE HERE
    raise NotImplementedError("data_iter: your code is still missing")


# %%
X, y = torch.arange(10.0).reshape(10, 1), 100 * torch.arange(10.0).reshape(10, 1)
for X_batch, y_batch in data_iter(4, X, y):
    print(X_batch.flatten().tolist(), y_batch.flatten().tolist())
# expected: three lines with 4, 4 and 2 examples; the numbers 0 to 9 in a random order, and each
# label is 100 times its input

# %% [markdown]
# **Try it.** Run the cell above again: the order is another one. How many batches of 10 are there
# in 10,000 examples, and how many of 256?

# %%
print(len(list(data_iter(10, features, labels))), len(list(data_iter(256, features, labels))))

# %% [markdown]
# ## 3. `linreg(X, w, b)`
#
# The model gives one prediction per example:
#
# $$\hat{y} = X w + b$$
#
# Here the weights are a column of shape $(p, 1)$, so the predictions are a column of shape
# $(n, 1)$. The bias has the shape $(1,)$ and is added to every row.


# %%
def linreg(X, w, b):
    """Return the predictions of the linear model.

    Args:
        X: features, of shape (n, p).
        w: weights, of shape (p, 1).
        b: the bias, of shape (1,).

    Returns:
        Predictions Xw + b, of shape (n, 1), through which gradients flow back to w and b.

    Example:
        linreg(torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0], [4.0]]), torch.tensor([5.0]))
        is [[16.0]].
    """
    # YOUR CODE HERE
    raise NotImplementedError("linreg: your code is still missing")


# %%
X = torch.tensor([[1.0, 2.0], [0.0, -1.0]])
print(linreg(X, torch.tensor([[3.0], [4.0]]), torch.tensor([5.0])))
# expected: [[16.], [1.]]

# %% [markdown]
# **Try it.** With the true weights the predictions miss the labels by the noise only.

# %%
print(linreg(features[:3], true_w.reshape(2, 1), torch.tensor([true_b])))
print(labels[:3])

# %% [markdown]
# ## 4. Three losses
#
# A loss says how bad a prediction is. With the residual $r = \hat{y} - y$:
#
# $$\text{squared: } \tfrac{1}{2} r^2 \qquad
# \text{absolute: } |r| \qquad
# \text{Huber: } \begin{cases} \tfrac{1}{2} r^2 & |r| \le \delta \\
# \delta \left( |r| - \tfrac{1}{2} \delta \right) & |r| > \delta \end{cases}$$
#
# The gradient of the squared loss grows with the residual: fast when the prediction is far off, but
# a single outlier can pull very hard. The gradient of the absolute loss has the same size
# everywhere: outliers do no more harm than others, but near the goal it jumps to and fro, and at 0
# it has no derivative. The Huber loss is squared near 0 and absolute further out, and has the good
# sides of both.
#
# All three return **one loss per example, in the shape of `y_hat`**: no mean, no sum. Labels of
# shape $(n,)$ are brought into that shape first, with `y.reshape(y_hat.shape)`; otherwise
# broadcasting would make a matrix of shape $(n, n)$ of a column and a row, without a word.


# %%
def squared_loss(y_hat, y):
    """Return half the squared error, element by element.

    Args:
        y_hat: predictions, of shape (n, 1).
        y: labels, of shape (n, 1) or (n,).

    Returns:
        (y_hat - y)^2 / 2 in the shape of y_hat.

    Example:
        squared_loss(torch.tensor([[3.0], [1.0]]), torch.tensor([1.0, 1.5])) is [[2.0], [0.125]].
    """
    # YOUR CODE HERE
    raise NotImplementedError("squared_loss: your code is still missing")


def absolute_loss(y_hat, y):
    """Return the absolute error, element by element.

    Args:
        y_hat: predictions, of shape (n, 1).
        y: labels, of shape (n, 1) or (n,).

    Returns:
        |y_hat - y| in the shape of y_hat.

    Example:
        absolute_loss(torch.tensor([[3.0], [1.0]]), torch.tensor([1.0, 1.5])) is [[2.0], [0.5]].
    """
    # YOUR CODE HERE
    raise NotImplementedError("absolute_loss: your code is still missing")


def huber_loss(y_hat, y, delta=1.0):
    """Return the Huber loss, element by element.

    Args:
        y_hat: predictions, of shape (n, 1).
        y: labels, of shape (n, 1) or (n,).
        delta: where the loss turns from a parabola into a line, above 0.

    Returns:
        With r = y_hat - y: r^2 / 2 where |r| <= delta, else delta * (|r| - delta / 2); in the
        shape of y_hat.

    Example:
        huber_loss(torch.tensor([[3.0], [1.0]]), torch.tensor([1.0, 1.5])) is [[1.5], [0.125]].
    """
    # YOUR CODE HERE
    raise NotImplementedError("huber_loss: your code is still missing")


# %%
y_hat, y = torch.tensor([[3.0], [1.0]]), torch.tensor([1.0, 1.5])
print(squared_loss(y_hat, y).tolist())
# expected: [[2.0], [0.125]]
print(absolute_loss(y_hat, y).tolist())
# expected: [[2.0], [0.5]]
print(huber_loss(y_hat, y).tolist(), huber_loss(y_hat, y, 0.25).tolist())
# expected: [[1.5], [0.125]] [[0.46875], [0.09375]]

# %% [markdown]
# **Try it.** The losses (left) and their gradients (right). Change `delta` and find the two places
# where the line of the Huber loss begins.

# %%
r = torch.linspace(-3, 3, 301).reshape(-1, 1).requires_grad_()
fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3))
for loss in (squared_loss, absolute_loss, huber_loss):
    values = loss(r, torch.zeros(301))
    (slopes,) = torch.autograd.grad(values.sum(), r)
    left.plot(r.detach(), values.detach(), label=loss.__name__)
    right.plot(r.detach(), slopes)
left.legend()
plt.show()

# %% [markdown]
# ## 5. `sgd(params, lr, batch_size)`
#
# One step of minibatch stochastic gradient descent. The loss was *summed* over the batch
# $\mathcal{B}$ before `backward()`, so the gradient is divided by the size of the batch here:
#
# $$\theta \leftarrow \theta - \frac{\eta}{|\mathcal{B}|}
# \sum_{i \in \mathcal{B}} \nabla_\theta\, \ell_i$$
#
# with the learning rate $\eta$ (`lr`). For every parameter in `params`:
#
# - change it **in place** (`-=` under `torch.no_grad()`): the tensors that were passed in hold the
#   new values afterwards, and still require gradients;
# - then clear its gradient, because `backward()` adds to what is there. Zeros and `None` are both
#   fine.


# %%
def sgd(params, lr, batch_size):
    """Update parameters by one step of minibatch SGD and clear their gradients.

    Args:
        params: an iterable of tensors whose .grad holds the gradient of the summed loss.
        lr: the learning rate.
        batch_size: the number of examples in the batch.

    Returns:
        None. The tensors in params are changed in place.

    Example:
        With p = [1.0, 2.0], p.grad = [2.0, 4.0], lr = 0.1 and batch_size = 2,
        p becomes [0.9, 1.8] and p.grad zeros (or None).
    """
    # YOUR CODE HERE
    raise NotImplementedError("sgd: your code is still missing")


# %%
p = torch.tensor([1.0, 2.0], requires_grad=True)
(p**2).sum().backward()  # the gradient is 2p
sgd([p], 0.1, 2)
print(p, p.grad)
# expected: tensor([0.9000, 1.8000], requires_grad=True), and zeros or None

# %% [markdown]
# **Try it.** Twenty steps on the absolute loss of $p - 3$, from $p = 0$. It comes near 3 and then
# jumps to and fro. Does it stop jumping with the Huber loss?

# %%
p, goal = torch.zeros(1, requires_grad=True), torch.tensor([3.0])
path = []
for _ in range(20):
    absolute_loss(p, goal).sum().backward()
    sgd([p], 0.4, 1)
    path.append(round(p.item(), 2))
print(path)

# %% [markdown]
# ## 6. `train(net, loss, features, labels, w, b, lr, num_epochs, batch_size)`
#
# Now everything together. In every epoch, for every minibatch of your `data_iter`:
#
# 1. predict, `net(X, w, b)`, and compute the losses, `loss(..., y)`;
# 2. compute the gradients of their **sum**: `.sum().backward()`;
# 3. make one step of your `sgd` on `w` and `b`, which divides by the number of examples in the
#    batch. (The course text always passes `batch_size` here. That is the same unless the last
#    batch is smaller; both are accepted.)
#
# After each epoch compute the **mean loss over all examples** with the new parameters, without
# gradients, and return these means in a list, one per epoch. `w` and `b` are changed in place.


# %%
def train(net, loss, features, labels, w, b, lr, num_epochs, batch_size):
    """Train a model by minibatch SGD.

    Args:
        net: a function of (X, w, b) that returns predictions of shape (n, 1).
        loss: a function of (y_hat, y) that returns one loss per example.
        features, labels: the data, of shapes (n, p) and (n, 1).
        w, b: the parameters, which require gradients; changed in place.
        lr: the learning rate.
        num_epochs: how many times to go through the data.
        batch_size: examples in a minibatch.

    Returns:
        A list of num_epochs numbers: the mean loss over all examples after each epoch.

    Example:
        With the data above, lr = 0.03 and batch_size = 10, three epochs give about
        [0.0050, 0.0050, 0.0050].
    """
    # YOUR CODE HERE
    raise NotImplementedError("train: your code is still missing")


# %%
# Two examples in one batch: y = 2x. One step from w = 0 with lr 0.1.
w, b = torch.zeros(1, 1, requires_grad=True), torch.zeros(1, requires_grad=True)
X, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[2.0], [4.0]])
print([round(float(value), 4) for value in train(linreg, squared_loss, X, y, w, b, 0.1, 2, 2)])
# expected: [2.1825, 0.9649]
print(w.tolist(), b.tolist())
# expected: about [[0.83]] and [0.495], after two steps

# %% [markdown]
# ### Now train
#
# Ten epochs with a batch size of 10 and a learning rate of 0.03. The loss cannot fall below that
# of the true weights: half the variance of the noise, $0.1^2 / 2 = 0.005$. It gets there in the
# first epoch. Expect a loss between 0.0044 and 0.0057 after every epoch, and weights and a bias
# that miss the true ones by less than 0.035.

# %%
w = torch.normal(0, 0.01, size=(2, 1), requires_grad=True)
b = torch.zeros(1, requires_grad=True)
start = float(squared_loss(linreg(features, w, b), labels).mean().detach())
history = train(linreg, squared_loss, features, labels, w, b, 0.03, 10, 10)

for epoch, value in enumerate(history, start=1):
    print(f"epoch {epoch:2d}, loss {float(value):.6f}")
print("delta w:", (true_w - w.detach().reshape(true_w.shape)).tolist())
print("delta b:", (true_b - b.detach()).tolist())

# %%
plt.figure(figsize=(5, 3))
plt.semilogy([start, *(float(value) for value in history)], "o-", label="your training")
plt.axhline(0.005, linestyle="--", color="gray", label="half the variance of the noise")
plt.xlabel("epoch")
plt.ylabel("mean loss")
plt.legend()
plt.show()

# %% [markdown]
# **Try it.** Make 50 labels wrong by 100 and train with each of the three losses. Which one does
# not care?

# %%
spoilt = labels.clone()
spoilt[:50] += 100
for loss in (squared_loss, absolute_loss, huber_loss):
    w = torch.zeros(2, 1, requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    train(linreg, loss, features, spoilt, w, b, 0.03, 1, 10)
    print(f"{loss.__name__:14} w {w.detach().flatten().tolist()}, b {b.item():.3f}")

# %% [markdown]
# ## 7. The same with PyTorch: `load_array`, `make_net`, `train_concise`
#
# PyTorch has all these parts. `torch.utils.data.TensorDataset` holds tensors of equal length,
# and a `DataLoader` gives their minibatches, again and again.
#
# **`load_array(data_arrays, batch_size, is_train=True)`** returns a `DataLoader` (or another
# iterable that can be walked through many times) over the tensors in `data_arrays`. It shuffles if
# `is_train` is true, anew every time, and keeps the order if it is false. The last batch may be
# smaller.
#
# **`make_net()`** returns a new `nn.Sequential(nn.Linear(2, 1))`, its weights drawn from a normal
# distribution with mean 0 and **standard deviation 0.01**, its bias 0.
#
# **`train_concise(net, data_iter, loss, trainer, num_epochs, features, labels)`** is the training
# loop. For every batch: predict, compute the loss (here already a mean over the batch, as
# `nn.MSELoss()` gives it), `zero_grad()`, `backward()`, `step()`. After each epoch compute the loss
# on all `features` and `labels`; return these numbers in a list.


# %%
def load_array(data_arrays, batch_size, is_train=True):
    """Return an iterable of minibatches of some tensors.

    Args:
        data_arrays: a tuple of tensors of equal length, such as (features, labels).
        batch_size: examples in a batch; the last batch may have fewer.
        is_train: whether to shuffle, anew in every walk.

    Returns:
        A DataLoader, or another iterable of batches that can be walked through many times.

    Example:
        list(load_array((torch.arange(3), torch.arange(3)), 2, is_train=False)) is
        [[tensor([0, 1]), tensor([0, 1])], [tensor([2]), tensor([2])]].
    """
    # YOUR CODE HERE
    raise NotImplementedError("load_array: your code is still missing")


def make_net():
    """Return a new linear model for two inputs.

    Returns:
        nn.Sequential(nn.Linear(2, 1)) with weights from N(0, 0.01) and a bias of 0.

    Example:
        make_net()(torch.zeros(5, 2)) is a column of five zeros.
    """
    # YOUR CODE HERE
    raise NotImplementedError("make_net: your code is still missing")


def train_concise(net, data_iter, loss, trainer, num_epochs, features, labels):
    """Train a module with an optimizer of PyTorch.

    Args:
        net: a torch.nn.Module that turns features into predictions of shape (n, 1).
        data_iter: an iterable of batches (X, y) that can be walked through many times.
        loss: a function of (y_hat, y) that returns one number, the mean over the batch.
        trainer: a torch.optim.Optimizer of the parameters of net.
        num_epochs: how many times to go through data_iter.
        features, labels: the data on which the loss after each epoch is computed.

    Returns:
        A list of num_epochs numbers: the loss on features and labels after each epoch.

    Example:
        With the data above, batches of 10, nn.MSELoss() and SGD with lr = 0.03, three epochs give
        about [0.0100, 0.0100, 0.0100].
    """
    # YOUR CODE HERE
    raise NotImplementedError("train_concise: your code is still missing")


# %%
print(list(load_array((torch.arange(3), torch.arange(3)), 2, is_train=False)))
# expected: [[tensor([0, 1]), tensor([0, 1])], [tensor([2]), tensor([2])]]
net = make_net()
print(net)
# expected: Sequential((0): Linear(in_features=2, out_features=1, bias=True)) over three lines
print(net(torch.zeros(2, 2)).tolist())
# expected: [[0.0], [0.0]]

# %% [markdown]
# `nn.MSELoss` has no factor ½, so its value at the goal is the variance of the noise itself:
# $0.1^2 = 0.01$. Expect a loss between 0.0088 and 0.0115 after every epoch and a distance of less
# than 0.05 from the true values. (Without the ½ every step is twice as long. How would you make the
# steps of both versions equal?)

# %%
train_iter = load_array((features, labels), 10)
trainer = torch.optim.SGD(net.parameters(), lr=0.03)
history = train_concise(net, train_iter, nn.MSELoss(), trainer, 3, features, labels)

for epoch, value in enumerate(history, start=1):
    print(f"epoch {epoch}, loss {float(value):.6f}")
print("delta w:", (true_w - net[0].weight.detach().reshape(true_w.shape)).tolist())
print("delta b:", (true_b - net[0].bias.detach()).tolist())

# %% [markdown]
# **Try it.** PyTorch has the other two losses as well: `nn.L1Loss()` and `nn.HuberLoss()`. Does
# your own `huber_loss` agree with `nn.HuberLoss(reduction="none")`?

# %%
y_hat, y = torch.randn(6, 1), torch.randn(6, 1)
print(torch.allclose(huber_loss(y_hat, y), nn.HuberLoss(reduction="none")(y_hat, y)))

# %% [markdown]
# ## Check yourself
#
# This cell needs nothing but your notebook. It tests a part of what the grader tests, says what
# is wrong in each stub, and goes on.


# %%
def check_synthetic_data():
    X, y = synthetic_data(torch.tensor([1.0, -2.0, 3.0]), 5.0, 20000)
    assert X.shape == (20000, 3), f"X must have the shape (20000, 3), not {tuple(X.shape)}"
    assert y.shape == (20000, 1), f"y must have the shape (20000, 1), not {tuple(y.shape)}"
    noise = y - (X @ torch.tensor([[1.0], [-2.0], [3.0]]) + 5)
    assert abs(noise.mean()) < 0.01, f"the mean of y - Xw - b is {noise.mean():.3f}, expected 0"
    assert 0.095 < noise.std() < 0.105, f"the noise has standard deviation {noise.std():.3f}"


def check_data_iter():
    X = torch.arange(50.0).reshape(50, 1)
    batches = list(data_iter(20, X, 3 * X))
    sizes = [len(y) for _, y in batches]
    assert sizes == [20, 20, 10], f"50 examples in batches of 20 came as {sizes}"
    order = torch.cat([X for X, _ in batches])
    assert torch.equal(order.sort(0).values, X), "every example must come exactly once"
    assert not torch.equal(order, X), "the examples must come in random order"
    assert torch.equal(torch.cat([y for _, y in batches]), 3 * order), "labels must fit features"


def check_linreg():
    X, w, b = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0], [4.0]]), torch.tensor([5.0])
    assert torch.equal(linreg(X, w, b), torch.tensor([[16.0]])), linreg(X, w, b)


def check_loss(loss, expected):
    values = loss(torch.tensor([[3.0], [1.0]]), torch.tensor([1.0, 1.5]))
    assert values.shape == (2, 1), f"the shape must be (2, 1), not {tuple(values.shape)}"
    assert torch.allclose(values.flatten(), torch.tensor(expected)), values


def check_squared_loss():
    check_loss(squared_loss, [2.0, 0.125])


def check_absolute_loss():
    check_loss(absolute_loss, [2.0, 0.5])


def check_huber_loss():
    check_loss(huber_loss, [1.5, 0.125])


def check_sgd():
    p = torch.tensor([1.0, 2.0], requires_grad=True)
    p.grad = torch.tensor([2.0, 4.0])
    sgd([p], 0.1, 2)
    assert torch.allclose(p, torch.tensor([0.9, 1.8])), f"p should be [0.9, 1.8], it is {p}"
    assert p.grad is None or not p.grad.any(), "the gradient must be cleared after the step"


def check_train():
    w, b = torch.zeros(1, 1, requires_grad=True), torch.zeros(1, requires_grad=True)
    X, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[2.0], [4.0]])
    history = train(linreg, squared_loss, X, y, w, b, 0.1, 2, 2)
    assert len(history) == 2, "train must return one number per epoch"
    assert torch.allclose(w.flatten(), torch.tensor([0.83]), atol=1e-4), f"w is {w.tolist()}"
    assert abs(history[1] - 0.9649) < 1e-3, f"the second loss is {history[1]}, expected 0.9649"


def check_load_array():
    X = torch.arange(50.0)
    still = torch.cat([batch for (batch,) in load_array((X,), 20, is_train=False)])
    assert torch.equal(still, X), "with is_train=False the order must be kept"
    shuffled = torch.cat([batch for (batch,) in load_array((X,), 20)])
    assert not torch.equal(shuffled, X), "with is_train=True the order must be random"


def check_make_net():
    net = make_net()
    sizes = [tuple(p.shape) for p in net.parameters()]
    assert sizes == [(1, 2), (1,)], f"the parameters have the shapes {sizes}"
    weight, bias = net.parameters()
    assert not bias.any(), "the bias must be 0"
    assert weight.abs().max() < 0.1, "the weights are too large for a standard deviation of 0.01"


def check_train_concise():
    torch_net = nn.Linear(1, 1)
    for p in torch_net.parameters():
        nn.init.zeros_(p)
    X, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[2.0], [4.0]])
    optimizer = torch.optim.SGD(torch_net.parameters(), lr=0.05)
    history = train_concise(torch_net, [(X, y)], nn.MSELoss(), optimizer, 2, X, y)
    assert len(history) == 2, "train_concise must return one number per epoch"
    assert abs(history[1] - 1.9298) < 1e-3, f"the second loss is {history[1]}, expected 1.9298"


for test in (
    check_synthetic_data,
    check_data_iter,
    check_linreg,
    check_squared_loss,
    check_absolute_loss,
    check_huber_loss,
    check_sgd,
    check_train,
    check_load_array,
    check_make_net,
    check_train_concise,
):
    name = test.__name__.removeprefix("check_")
    try:
        test()
    except NotImplementedError as error:
        print(f"{name:18} not written yet ({error})")
    except Exception as error:
        print(f"{name:18} {type(error).__name__}: {error}")
    else:
        print(f"{name:18} ok")
