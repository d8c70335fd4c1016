# %% [markdown]
# # Logistic regression and cross entropy
#
# A classifier wants to be right. So why does nobody train it by maximising its accuracy? And what
# is the number that everybody minimises instead, the *cross entropy*? In this notebook you build
# the answer from six small functions:
#
# | part | stubs |
# |---|---|
# | from a score to a probability | `sigmoid` |
# | how far apart two distributions are | `entropy`, `cross_entropy`, `kl_divergence` |
# | the loss of a classifier | `cross_entropy_from_logits` |
# | why not the accuracy | `accuracy_gradient` |
#
# **How to work.** Write your code where it says `YOUR CODE HERE` and delete the line that raises
# `NotImplementedError`. Every stub is followed by an example with its expected result and by a
# cell to try things out. Keep the names and the arguments of the stubs. Apart from that the
# notebook is yours: add cells, print, plot.
#
# **What is checked.** Each stub is checked on its own, with small inputs and with the help of a
# correct version of the others: you may use one of your functions in another. No check asks for
# more than what this text says.
#
# **What you may use.** Everything in PyTorch except the ready-made version of what a stub is
# there to build:
#
# | in this stub | do not use, in any spelling |
# |---|---|
# | `sigmoid` | `torch.sigmoid`, `nn.Sigmoid`, `torch.special.expit` |
# | `entropy` | `torch.special.entr`, anything from `torch.distributions` |
# | `cross_entropy` | `F.cross_entropy`, anything from `torch.distributions` |
# | `kl_divergence` | `F.kl_div`, `F.cross_entropy`, anything from `torch.distributions` |
# | `cross_entropy_from_logits` | `softmax`, `log_softmax`, `F.cross_entropy`, `F.nll_loss` |
#
# `exp`, `log`, `xlogy`, `where`, `clamp`, `logsumexp`, `gather`, `one_hot`, `tanh` and the like
# are all allowed.

# %%
import matplotlib.pyplot as plt
import torch

# %% [markdown]
# ## 1. `sigmoid(z)`
#
# A linear model gives a score $z$ between $-\infty$ and $\infty$. The logistic function turns it
# into a probability, element by element:
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}}$$
#
# A score of 0 becomes 0.5; this is where the decision changes. The method is called logistic
# regression after this function, although with the cross entropy as its loss it is a
# classification.
#
# The checks use scores up to 80 in absolute value.


# %%
def sigmoid(z):
    """Turn scores into probabilities, element by element.

    Args:
        z: scores, a float tensor of any shape, at most 80 in absolute value.

    Returns:
        1 / (1 + exp(-z)), of the shape of z, through which gradients flow back to z.

    Example:
        sigmoid(torch.tensor([0.0, 2.0, -2.0])) is about [0.5000, 0.8808, 0.1192].
    """
    # YOUR CODE HERE
    raise NotImplementedError("sigmoid: your code is still missing")


# %%
print(sigmoid(torch.tensor([0.0, 2.0, -2.0])))
# expected: [0.5000, 0.8808, 0.1192]

# %% [markdown]
# **Try it.** The sigmoid and its derivative, which is $\sigma(z) (1 - \sigma(z))$. Where is it
# largest? How much is left of it at a score of 6?

# %%
z = torch.linspace(-6, 6, 201).requires_grad_()
values = sigmoid(z)
(slopes,) = torch.autograd.grad(values.sum(), z)
plt.figure(figsize=(5, 3))
plt.plot(z.detach(), values.detach(), label="sigmoid")
plt.plot(z.detach(), slopes, "--", label="its derivative")
plt.xlabel("score z")
plt.legend()
plt.show()

# %% [markdown]
# ## 2. `entropy(p)`
#
# How surprising is the result of a draw from the distribution $p$, on average?
#
# $$H(p) = -\sum_{x} p(x) \log p(x)$$
#
# with the natural logarithm. An event with probability $p$ surprises by $-\log p$: not at all if
# it was sure. A fair choice among $c$ possibilities has the largest entropy, $\log c$.
#
# What never happens does not count: **0 · log 0 is 0**. Computed naively it is `nan`.
#
# Sum over the **last axis**: a single distribution of shape $(c,)$ gives one number (a tensor of
# shape $()$), a batch of shape $(n, c)$ gives one number per row, shape $(n,)$.


# %%
def entropy(p):
    """Return the entropy of distributions, with the natural logarithm.

    Args:
        p: probabilities, of shape (..., c); the last axis sums to 1. Zeros are allowed.

    Returns:
        -sum p log p over the last axis, of shape (...), with 0 log 0 = 0.

    Example:
        entropy(torch.tensor([[0.5, 0.5], [1.0, 0.0]])) is about [0.6931, 0.0].
    """
    # YOUR CODE HERE
    raise NotImplementedError("entropy: your code is still missing")


# %%
print(entropy(torch.tensor([[0.5, 0.5], [1.0, 0.0]])))
# expected: [0.6931, 0.0000]; a zero may be printed as -0.
print(entropy(torch.full((10,), 0.1)))
# expected: 2.3026, the logarithm of 10

# %% [markdown]
# **Try it.** The entropy of a coin that shows heads with probability $p$. Which coin surprises
# most?

# %%
heads = torch.linspace(0, 1, 101)
plt.figure(figsize=(5, 3))
plt.plot(heads, entropy(torch.stack([heads, 1 - heads], dim=1)))
plt.xlabel("probability of heads")
plt.ylabel("entropy")
plt.show()

# %% [markdown]
# ## 3. `cross_entropy(p, q)`
#
# Now nature draws from $p$, but we believe in $q$ and are surprised by $-\log q(x)$:
#
# $$H(p, q) = -\sum_{x} p(x) \log q(x)$$
#
# $p$ is the true distribution, $q$ that of the model. The order matters. Again the logarithm is the
# natural one, the sum runs over the last axis, and where $p$ is 0 the term is 0, even if $q$ is 0
# as well. ($q = 0$ where $p > 0$ is not checked: the surprise would be infinite.)


# %%
def cross_entropy(p, q):
    """Return the cross entropy of distributions, with the natural logarithm.

    Args:
        p: true probabilities, of shape (..., c); zeros are allowed.
        q: probabilities of the model, of the same shape; above 0 wherever p is.

    Returns:
        -sum p log q over the last axis, of shape (...); terms with p = 0 are 0. Where p and q are
        positive, gradients flow back to q.

    Example:
        cross_entropy(torch.tensor([0.0, 0.0, 1.0]), torch.tensor([0.2, 0.2, 0.6])) is about 0.5108.
    """
    # YOUR CODE HERE
    raise NotImplementedError("cross_entropy: your code is still missing")


# %%
p = torch.tensor([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
q = torch.tensor([[0.2, 0.2, 0.6], [0.1, 0.8, 0.1]])
print(cross_entropy(p, q))
# expected: [0.5108, 0.2231]

# %% [markdown]
# **Try it.** Nobody can do better than the truth: $H(p, q)$ is smallest at $q = p$, and there it is
# $H(p)$. Move the true probability of heads and watch the lowest point move.

# %%
truth = 0.3
q = torch.stack([heads[1:-1], 1 - heads[1:-1]], dim=1)
p = torch.tensor([truth, 1 - truth]).expand(len(q), 2)
plt.figure(figsize=(5, 3))
plt.plot(heads[1:-1], cross_entropy(p, q), label="cross entropy")
plt.axhline(float(entropy(p[0])), linestyle="--", color="gray", label="entropy of the truth")
plt.xlabel("what the model believes")
plt.legend()
plt.show()

# %% [markdown]
# ## 4. `kl_divergence(p, q)`
#
# The part of the surprise that comes from believing in the wrong distribution is the
# Kullback-Leibler divergence:
#
# $$D_{KL}(p \,\|\, q) = \sum_{x} p(x) \log \frac{p(x)}{q(x)}, \qquad
# H(p, q) = H(p) + D_{KL}(p \,\|\, q)$$
#
# It is 0 if $q = p$, else positive, and it is not symmetric. The labels of a classifier are
# one-hot, such as $[1, 0, 0, 0]$. Their entropy is $-1 \log 1 = 0$. So for a classifier the cross
# entropy *is* the divergence between the truth and the model.
#
# Natural logarithm, last axis, terms with $p = 0$ are 0.


# %%
def kl_divergence(p, q):
    """Return the Kullback-Leibler divergence of distributions, with the natural logarithm.

    Args:
        p: true probabilities, of shape (..., c); zeros are allowed.
        q: probabilities of the model, of the same shape; above 0 wherever p is.

    Returns:
        sum p log(p / q) over the last axis, of shape (...); terms with p = 0 are 0. Where p and q
        are positive, gradients flow back to q.

    Example:
        kl_divergence(torch.tensor([0.5, 0.5]), torch.tensor([0.9, 0.1])) is about 0.5108.
    """
    # YOUR CODE HERE
    raise NotImplementedError("kl_divergence: your code is still missing")


# %%
p, q = torch.tensor([0.5, 0.5]), torch.tensor([0.9, 0.1])
print(kl_divergence(p, q), kl_divergence(q, p))
# expected: 0.5108 and 0.3681: it is not symmetric
print(entropy(p) + kl_divergence(p, q), cross_entropy(p, q))
# expected: twice 1.2040
one_hot = torch.tensor([1.0, 0.0, 0.0, 0.0])
q = torch.tensor([0.7, 0.1, 0.1, 0.1])
print(cross_entropy(one_hot, q), kl_divergence(one_hot, q))
# expected: twice 0.3567

# %% [markdown]
# **Try it.** Take a few random distributions. Is the divergence ever negative? What is it from a
# distribution to itself?

# %%
p, q = torch.rand(4, 3), torch.rand(4, 3)
p, q = p / p.sum(dim=1, keepdim=True), q / q.sum(dim=1, keepdim=True)
print(kl_divergence(p, q), kl_divergence(p, p))

# %% [markdown]
# ## 5. `cross_entropy_from_logits(logits, y)`
#
# The output of a network before any activation is called *logits*. Three steps make a loss of them:
# softmax, logarithm, and minus the entry of the true class (this is what `F.cross_entropy` does in
# one). Written out for one example with the logits $o$ and the class $y$, the steps melt into
#
# $$\ell = -\log \frac{e^{o_y}}{\sum_j e^{o_j}} = \log \sum_j e^{o_j} - o_y$$
#
# Step by step the computation breaks down for large logits: $e^{1000}$ is infinite, and infinity
# over infinity is `nan`; a probability that was rounded to 0 has no logarithm. Your function has
# to be **stable at logits of ±1000**. Subtract the largest logit $m$ of each row first and use
# $\log \sum_j e^{o_j} = m + \log \sum_j e^{o_j - m}$, or use `torch.logsumexp`, which does so.
#
# Return the **mean over the batch**, one number.


# %%
def cross_entropy_from_logits(logits, y):
    """Return the mean cross entropy loss of a batch.

    Args:
        logits: scores, of shape (n, c), up to 1000 in absolute value.
        y: true classes, integers from 0 to c - 1, of shape (n,).

    Returns:
        The mean of log(sum_j exp(o_j)) - o_y over the batch, a tensor of shape (), through which
        gradients flow back to the logits.

    Example:
        cross_entropy_from_logits(torch.tensor([[-2.3, 4.0, 1.5], [-5.0, 2.0, 8.0]]),
        torch.tensor([2, 1])) is about 4.2915, the mean of 2.5806 and 6.0025.
    """
    # YOUR CODE HERE
    raise NotImplementedError("cross_entropy_from_logits: your code is still missing")


# %%
logits = torch.tensor([[-2.3, 4.0, 1.5], [-5.0, 2.0, 8.0]])
print(cross_entropy_from_logits(logits, torch.tensor([2, 1])))
# expected: 4.2915
print(cross_entropy_from_logits(torch.tensor([[1000.0, 0.0, -1000.0]]), torch.tensor([1])))
# expected: 1000.
print(cross_entropy_from_logits(torch.zeros(5, 10), torch.arange(5)))
# expected: 2.3026, the logarithm of 10: a model that knows nothing

# %% [markdown]
# **Try it.** Your function against PyTorch's own, and against softmax, log and minus in three
# steps. From which factor on do the three steps fail?

# %%
y = torch.tensor([2, 1])
for factor in (1, 5, 20, 100):
    o = factor * logits
    steps = -torch.log(torch.exp(o) / torch.exp(o).sum(dim=1, keepdim=True))[range(2), y].mean()
    own, ready_made = cross_entropy_from_logits(o, y), torch.nn.functional.cross_entropy(o, y)
    print(f"factor {factor:3}: yours {own:.4f}, PyTorch {ready_made:.4f}, in steps {steps:.4f}")

# %% [markdown]
# ## 6. Why not maximise the accuracy? `accuracy_gradient(w, X, y)`
#
# A logistic regression with the weights $w$ predicts class 1 where $\sigma(x^\top w) > 0.5$, else
# class 0. Its accuracy on $n$ examples is
#
# $$A(w) = \frac{1}{n} \sum_{i=1}^{n}
# \mathbf{1}\big[\, [\sigma(x_i^\top w) > 0.5] = y_i \,\big]$$
#
# Suppose the probability of an example goes from 0.40 to 0.45. The prediction is still class 0, and
# the accuracy does not change at all. If it goes from 0.499 to 0.501, the prediction flips and the
# accuracy jumps.
#
# Return the gradient of $A$ with respect to $w$, a tensor of shape $(p,)$. You may compute it
# from a difference, such as $\big(A(w + h e_k) - A(w - h e_k)\big) / 2h$ for each of the $p$
# weights with a small $h$, or write down what you know about it. In the checks no example is near
# the threshold: $|x_i^\top w|$ is at least 0.1 and no input is larger than 4 in absolute value,
# so every $h$ up to 0.02 is small enough.


# %%
def accuracy_gradient(w, X, y):
    """Return the gradient of the accuracy of a logistic regression with respect to its weights.

    Args:
        w: weights, of shape (p,).
        X: inputs, of shape (n, p); no example has a score of 0.
        y: true classes, 0 or 1, of shape (n,).

    Returns:
        The gradient, of shape (p,).

    Example:
        For two weights and any number of examples the result has the shape (2,).
    """
    # YOUR CODE HERE
    raise NotImplementedError("accuracy_gradient: your code is still missing")


# %%
torch.manual_seed(0)
X = torch.cat([torch.randn(100, 2) - 1, torch.randn(100, 2) + 1])
y = torch.cat([torch.zeros(100), torch.ones(100)])
w = torch.tensor([0.5, -0.2])
far = (X @ w).abs() > 0.1
print(accuracy_gradient(w, X[far], y[far]))
# look at this result: what would gradient descent do with it?

# %% [markdown]
# **See it.** Turn the weights through a full circle. The accuracy is a staircase: flat between
# the steps, with jumps at them. The cross entropy is smooth and shows the way everywhere.


# %%
def plot_full_circle(num_angles=721):
    """Show accuracy and cross entropy for weights of length 1 in all directions."""
    angles = torch.linspace(0, 2 * torch.pi, num_angles)
    accuracies, losses = [], []
    for angle in angles:
        scores = X[::10] @ torch.stack([angle.cos(), angle.sin()])
        accuracies.append(((sigmoid(scores) > 0.5) == (y[::10] == 1)).float().mean().item())
        both = torch.stack([torch.zeros_like(scores), scores], dim=1)  # logits of both classes
        losses.append(cross_entropy_from_logits(both, y[::10].long()).item())
    _, (left, right) = plt.subplots(1, 2, figsize=(9, 3))
    left.plot(angles, accuracies)
    left.set_title("accuracy")
    right.plot(angles, losses)
    right.set_title("cross entropy")
    for ax in (left, right):
        ax.set_xlabel("direction of w")
    plt.show()


plot_full_circle()

# %% [markdown]
# ### Now train
#
# So minimise the cross entropy, and *look* at the accuracy. 50 steps of gradient descent on the two
# clouds of points above, with the functions that you wrote. The loss falls in every step, the
# accuracy follows in jumps and ends at about 0.91.

# %%
w = torch.tensor([0.5, -0.2], requires_grad=True)
history = []
for _ in range(50):
    scores = X @ w
    loss = cross_entropy_from_logits(
        torch.stack([torch.zeros_like(scores), scores], dim=1), y.long()
    )
    loss.backward()
    with torch.no_grad():
        accuracy = ((sigmoid(scores) > 0.5) == (y == 1)).float().mean()
        history.append((loss.item(), accuracy.item()))
        w -= 0.1 * w.grad
        w.grad.zero_()
print(f"loss {history[-1][0]:.4f}, accuracy {history[-1][1]:.4f}, weights {w.tolist()}")

# %%
plt.figure(figsize=(5, 3))
for values, style, name in zip(zip(*history), ("-", "--"), ("cross entropy", "accuracy")):
    plt.plot(range(1, 51), values, style, label=name)
plt.xlabel("step")
plt.legend()
plt.show()

# %%
assert history[-1][0] < history[0][0], "the loss should have fallen"
assert history[-1][1] > 0.85, "the accuracy should be above 0.85"

# %% [markdown]
# **Try it.** Replace the cross entropy by half the squared error between `sigmoid(scores)` and
# `y`, the loss of a regression. It works too, but start at $w = [-5, 0]$: which of the two losses
# still finds its way, and why? (Look at the derivative of the sigmoid above.)

# %% [markdown]
# ## Check yourself
#
# This cell needs nothing but your notebook. It tests a part of what the grader tests, says what
# is wrong in each stub, and goes on.


# %%
def check_sigmoid():
    values = sigmoid(torch.tensor([0.0, 2.0, -2.0]))
    assert torch.allclose(values, torch.tensor([0.5, 0.8808, 0.1192]), atol=1e-4), values


def check_entropy():
    values = entropy(torch.tensor([[0.5, 0.5], [1.0, 0.0]]))
    assert values.shape == (2,), f"one number per row, shape (2,), not {tuple(values.shape)}"
    assert not values.isnan().any(), "0 log 0 must be 0"
    assert torch.allclose(values, torch.tensor([0.6931, 0.0]), atol=1e-4), values


def check_cross_entropy():
    true = torch.tensor([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    values = cross_entropy(true, torch.tensor([[0.2, 0.2, 0.6], [0.1, 0.8, 0.1]]))
    assert values.shape == (2,), f"one number per row, shape (2,), not {tuple(values.shape)}"
    assert torch.allclose(values, torch.tensor([0.5108, 0.2231]), atol=1e-4), values


def check_kl_divergence():
    true, model = torch.tensor([0.5, 0.5]), torch.tensor([0.9, 0.1])
    value = kl_divergence(true, model)
    assert torch.allclose(value, torch.tensor(0.5108), atol=1e-4), value
    one_hot = torch.tensor([1.0, 0.0])
    value = kl_divergence(one_hot, model)
    assert torch.allclose(value, torch.tensor(0.1054), atol=1e-4), f"of a one-hot p: {value}"


def check_cross_entropy_from_logits():
    o = torch.tensor([[-2.3, 4.0, 1.5], [-5.0, 2.0, 8.0]])
    value = cross_entropy_from_logits(o, torch.tensor([2, 1]))
    assert abs(value - 4.2915) < 1e-3, f"it should be 4.2915, it is {value}"
    value = cross_entropy_from_logits(torch.tensor([[1000.0, 0.0]]), torch.tensor([1]))
    assert abs(value - 1000) < 1e-3, f"at a logit of 1000 it should be 1000, it is {value}"


def check_accuracy_gradient():
    inputs = torch.tensor([[1.0, 2.0], [-1.0, 0.5], [2.0, 1.0]])
    value = accuracy_gradient(torch.tensor([1.0, -1.0]), inputs, torch.tensor([0, 1, 1]))
    assert value.shape == (2,), f"the shape must be that of w, (2,), not {tuple(value.shape)}"


for test in (
    check_sigmoid,
    check_entropy,
    check_cross_entropy,
    check_kl_divergence,
    check_cross_entropy_from_logits,
    check_accuracy_gradient,
):
    name = test.__name__.removeprefix("check_")
    try:
        test()
    except NotImplementedError as error:
        print(f"{name:26} not written yet ({error})")
    except Exception as error:
        print(f"{name:26} {type(error).__name__}: {error}")
    else:
        print(f"{name:26} ok")
