# %% [markdown]
# # Softmax regression from scratch
#
# A photo of a shoe goes in, the word "sneaker" comes out. In this notebook you write every part
# of the smallest model that can do this: one linear layer, a softmax, the cross entropy loss,
# stochastic gradient descent, and the training loop around them. Nothing is hidden in a library:
# PyTorch gives you tensors and gradients, the rest is yours.
#
# You fill in thirteen pieces, called *stubs*:
#
# | part | stubs |
# |---|---|
# | the model | `softmax`, the variables `W` and `b`, `net` |
# | the loss and the metrics | `cross_entropy`, `accuracy`, `Accumulator`, `evaluate_accuracy` |
# | learning | `sgd`, `updater`, `train_epoch`, `train` |
# | using the model | `predict` |
#
# **How to work.** Write your code where it says `YOUR CODE HERE` and delete the line that raises
# `NotImplementedError`. Every stub is followed by an example with its expected result and by a
# cell to try things out. Keep the names and the arguments of the stubs. Apart from that the
# notebook is yours: add cells, print, plot.
#
# **What is checked.** Each stub is checked on its own, with small inputs and with the help of a
# correct version of the others. The checks call your functions with their own networks, losses,
# data and values of `W`, `b` and `lr`; so read these three *when a function is called* and do
# not copy them anywhere. No check asks for more than what this text says.
#
# **What you may use.** Everything in PyTorch except the ready-made version of what a stub is
# there to build:
#
# | in this stub | do not use, in any spelling |
# |---|---|
# | `softmax` | `softmax`, `log_softmax` (`torch.softmax`, `F.softmax`, `nn.Softmax`, …) |
# | `cross_entropy` | `cross_entropy`, `nll_loss` (`F.cross_entropy`, `nn.CrossEntropyLoss`, …) |
# | `sgd` and `updater` | anything from `torch.optim` |
#
# `exp`, `log`, `sum`, `max`, matrix products, indexing, `gather`, `one_hot`, `logsumexp`, `clamp`
# and the like are all allowed.
#
# **Shapes.** $n$ is the number of examples in a batch, $p$ the number of inputs of one example
# and $c$ the number of classes. The last batch of an epoch may be smaller than the others, so
# never assume a fixed batch size.

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
batch_size = 256
train_iter, test_iter = load_data_fashion_mnist(batch_size)

# %%
X, y = next(iter(test_iter))
print(X.shape, X.dtype, y.shape)
# expected: torch.Size([256, 1, 28, 28]) torch.float32 torch.Size([256])
show_images(X[:12], get_fashion_mnist_labels(y[:12]))

# %% [markdown]
# ## 1. `softmax(X)`
#
# A linear layer gives one number per class, the *logits*. They may be negative and they add up to
# anything. Softmax makes probabilities of them, without losing the order and without losing the
# gradient:
#
# $$\operatorname{softmax}(X)_{ij} = \frac{\exp(X_{ij})}{\sum_{k=1}^{c} \exp(X_{ik})}$$
#
# Each **row** is one example, so each row must sum to 1. In three steps: exponentiate every
# element; sum each row, keeping the result as a column of shape $(n, 1)$; divide, and let
# broadcasting do the rest. (Why the column? With the shape $(n,)$ the division would go wrong,
# silently so when $n = c$.)
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
    partition = X_exp.sum(dim=1, keepdim=True)
    return X_exp / partition  # broadcasting: (n, c) / (n, 1)
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
# **Try it.** Add the same number to a whole row: the probabilities stay as they are. Multiply the
# row by 10: the largest one takes nearly everything. What does your softmax say to a logit of
# 1000?

# %%
print(softmax(X + 5))
print(softmax(X * 10))
print(softmax(torch.tensor([[1000.0, 0.0]])))  # nan, or [1., 0.] if your version is stable

# %% [markdown]
# ## 2. `net(X)`, `W` and `b`
#
# The model flattens every image to a row of $p = 784$ pixels, then computes
#
# $$\hat{Y} = \operatorname{softmax}(X W + b)$$
#
# with weights $W$ of shape $(784, 10)$ and a bias $b$ of shape $(10,)$.
#
# Two lines create these variables:
#
# - `W`: drawn from a normal distribution with mean 0 and **standard deviation 0.01**;
# - `b`: zeros;
# - both float32 and with `requires_grad=True`, because they are to be learned.
#
# Inside `net`, use the `softmax` that you wrote above, and read `W` and `b` from the notebook
# at each call. Flatten with `W.shape[0]` in place of the number 784: the checks also put in
# smaller matrices.

# %%
num_inputs = 784
num_outputs = 10

W = torch.normal(0, 0.01, size=(num_inputs, num_outputs), requires_grad=True)  # SOLUTION
b = torch.zeros(num_outputs, requires_grad=True)  # SOLUTION


# %%
def net(X):
    """Return the class probabilities of a batch of images, by the variables W and b.

    Args:
        X: images, of shape (n, 1, 28, 28) or any other shape (n, ...) whose examples have
            W.shape[0] elements each.

    Returns:
        Probabilities, of shape (n, c) with c = W.shape[1]; every row sums to 1.

    Example:
        net(torch.zeros(2, 1, 28, 28)) has shape (2, 10); with b = 0 every element is 0.1.
    """
    ### BEGIN SOLUTION
    X = X.reshape((-1, W.shape[0]))  # (n, 1, 28, 28) -> (n, 784)
    return softmax(torch.matmul(X, W) + b)
    ### END SOLUTION


# %%
print(W.shape, b.shape, W.requires_grad, b.requires_grad)
# expected: torch.Size([784, 10]) torch.Size([10]) True True
print(f"mean {W.mean():.4f}, standard deviation {W.std():.4f}")
# expected: a mean very near 0 and a standard deviation very near 0.0100
print(net(torch.zeros(2, 1, 28, 28)))
# expected: two rows of ten times 0.1000

# %% [markdown]
# **Try it.** What does the untrained model say about the first test images? All ten
# probabilities should be near 0.1: it knows nothing yet.

# %%
X, y = next(iter(test_iter))
print(net(X[:3]))

# %% [markdown]
# ## 3. `cross_entropy(y_hat, y)`
#
# The label of example $i$ is the class number $y_i$. As a distribution it has all its weight on
# that class, so of the sum in the cross entropy one term is left, the logarithm of the
# probability that the model gives to the true class:
#
# $$\ell_i = -\sum_{j=1}^{c} \mathbf{1}[j = y_i] \, \log \hat{y}_{ij} = -\log \hat{y}_{i, y_i}$$
#
# The logarithm is the natural one. `y_hat` holds *probabilities* (the result of `net`), not
# logits. Return **one loss per example, of shape $(n,)$**: not their mean, not their sum, and not
# a column of shape $(n, 1)$. Whoever calls the function decides what to do with them.
#
# `y_hat[range(len(y_hat)), y]` picks from each row the element of its class: the first index
# names the rows 0, 1, 2, …, the second the column to take in each of them.
#
# Probabilities of exactly 0 are not checked.


# %%
def cross_entropy(y_hat, y):
    """Return the cross entropy loss of every example.

    Args:
        y_hat: probabilities, of shape (n, c).
        y: true classes, integers from 0 to c - 1, of shape (n,).

    Returns:
        The losses, a tensor of shape (n,) through which gradients flow back to y_hat.

    Example:
        cross_entropy(torch.tensor([[0.2, 0.2, 0.6], [0.1, 0.8, 0.1]]), torch.tensor([2, 1]))
        is about [0.5108, 0.2231].
    """
    ### BEGIN SOLUTION
    return -torch.log(y_hat[range(len(y_hat)), y])
    ### END SOLUTION


# %%
y_hat = torch.tensor([[0.2, 0.2, 0.6], [0.1, 0.8, 0.1]])
print(cross_entropy(y_hat, torch.tensor([2, 1])))
# expected: [0.5108, 0.2231]

# %% [markdown]
# **Try it.** A model that gives every one of ten classes the same probability has a loss of
# $\ln 10 \approx 2.3026$. Your untrained `net` should be close to this.

# %%
X, y = next(iter(test_iter))
print(cross_entropy(net(X), y).mean())

# %% [markdown]
# ## 4. `accuracy(y_hat, y)`
#
# The predicted class is the one with the largest score in its row:
#
# $$\text{correct} = \sum_{i=1}^{n} \mathbf{1}\big[\operatorname{argmax}_j \hat{y}_{ij} = y_i\big]$$
#
# In this assignment `accuracy` returns **the number of correct predictions, not the fraction**:
# 2 right out of 3 is `2.0`. Numbers can be added up over batches of different sizes and divided
# once at the end; fractions cannot.
#
# `y_hat` has the shape $(n, c)$. You may also accept predicted classes of shape $(n,)$; this is not
# required. Ties do not occur in the checks.


# %%
def accuracy(y_hat, y):
    """Return the NUMBER of correct predictions.

    Args:
        y_hat: probabilities or other scores, of shape (n, c).
        y: true classes, of shape (n,).

    Returns:
        How many rows of y_hat have their largest element in column y_i, as a float.

    Example:
        accuracy(torch.tensor([[0.1, 0.9], [0.8, 0.2]]), torch.tensor([1, 1])) is 1.0.
    """
    ### BEGIN SOLUTION
    return float((y_hat.argmax(dim=1) == y).sum())
    ### END SOLUTION


# %%
y_hat = torch.tensor([[0.2, 0.6, 0.2], [0.1, 0.1, 0.8], [0.9, 0.05, 0.05]])
y = torch.tensor([0, 2, 0])
print(accuracy(y_hat, y))
# expected: 2.0
print(accuracy(y_hat, y) / len(y))
# expected: 0.6666666666666666

# %% [markdown]
# **Try it.** How many of the first 256 test images does the untrained model get right? About one
# in ten would be luck.

# %%
X, y = next(iter(test_iter))
print(accuracy(net(X), y), "of", len(y))

# %% [markdown]
# ## 5. `class Accumulator`
#
# A small helper that keeps $n$ running sums, so that a loop over batches can add up a loss, a
# number of correct predictions and a number of examples in one line.
#
# - `Accumulator(n)` starts with $n$ zeros.
# - `add(v_1, …, v_n)` adds one number to each of the sums. The numbers may be ints, floats
#   (keep what is behind the point) or tensors with one element.
# - `reset()` sets all sums to zero again.
# - `acc[i]` is the sum number `i`, as a float.
#
# Two accumulators never share their sums.


# %%
class Accumulator:
    """Keeps n running sums."""

    def __init__(self, n):
        """Start with n sums, all 0.0."""
        ### BEGIN SOLUTION
        self.data = [0.0] * n
        ### END SOLUTION

    def add(self, *args):
        """Add the first argument to the first sum, the second to the second, and so on."""
        ### BEGIN SOLUTION
        self.data = [a + float(v) for a, v in zip(self.data, args)]
        ### END SOLUTION

    def reset(self):
        """Set all sums back to 0.0."""
        ### BEGIN SOLUTION
        self.data = [0.0] * len(self.data)
        ### END SOLUTION

    def __getitem__(self, i):
        """Return the sum number i as a float."""
        ### BEGIN SOLUTION
        return self.data[i]
        ### END SOLUTION


# %%
metric = Accumulator(2)
metric.add(3, 4)
metric.add(0.5, torch.tensor(4))
print(metric[0], metric[1])
# expected: 3.5 8.0
metric.reset()
print(metric[0], metric[1])
# expected: 0.0 0.0

# %% [markdown]
# **Try it.** Count the correct predictions of two batches and divide once at the end.

# %%
metric = Accumulator(2)
metric.add(accuracy(torch.tensor([[0.1, 0.9], [0.8, 0.2]]), torch.tensor([1, 1])), 2)
metric.add(accuracy(torch.tensor([[0.3, 0.7]]), torch.tensor([1])), 1)
print(metric[0] / metric[1])  # 2 of 3

# %% [markdown]
# ## 6. `evaluate_accuracy(net, data_iter)`
#
# The fraction of correct predictions over a whole data set:
#
# $$\frac{\text{number of correct predictions in all batches}}
#        {\text{number of examples in all batches}}$$
#
# - `data_iter` is any iterable of pairs `(X, y)`. Count the examples: the mean of the accuracies
#   of the batches is something else as soon as the last batch is smaller.
# - If `net` is a `torch.nn.Module`, put it into evaluation mode first (`net.eval()`). Whether you
#   switch back to training mode afterwards is up to you.
# - No gradient is needed here: call `net` under `torch.no_grad()`.


# %%
def evaluate_accuracy(net, data_iter):
    """Return the accuracy of a network on a whole data set.

    Args:
        net: a function or a torch.nn.Module that turns X into scores of shape (n, c).
        data_iter: an iterable of batches (X, y); the last one may be smaller.

    Returns:
        Correct predictions / examples, a number between 0 and 1.

    Example:
        With a network that gets 2 of 3 right in one batch and 1 of 1 in another: 0.75.
    """
    ### BEGIN SOLUTION
    if isinstance(net, torch.nn.Module):
        net.eval()
    metric = Accumulator(2)  # correct predictions, examples
    with torch.no_grad():
        for X, y in data_iter:
            metric.add(accuracy(net(X), y), y.numel())
    return metric[0] / metric[1]
    ### END SOLUTION


# %%
batches = [
    (torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]]), torch.tensor([0, 1, 1])),
    (torch.tensor([[0.6, 0.4]]), torch.tensor([0])),
]
print(evaluate_accuracy(lambda X: X, batches))  # a network that returns its input
# expected: 0.75

# %% [markdown]
# **Try it.** The untrained model on all 10,000 test images: near 0.1, between 0.01 and 0.21
# depending on the random weights.

# %%
print(evaluate_accuracy(net, test_iter))

# %% [markdown]
# ## 7. `sgd(params, lr, batch_size)`
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
    ### BEGIN SOLUTION
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size
            param.grad.zero_()
    ### END SOLUTION


# %%
p = torch.tensor([1.0, 2.0], requires_grad=True)
(p**2).sum().backward()  # the gradient is 2p
sgd([p], 0.1, 2)
print(p, p.grad)
# expected: tensor([0.9000, 1.8000], requires_grad=True), and zeros or None

# %% [markdown]
# **Try it.** Twenty steps on $f(p) = (p - 3)^2$ from $p = 0$. Where do they lead? What happens at
# a learning rate of 1.1?

# %%
p = torch.zeros(1, requires_grad=True)
for _ in range(20):
    ((p - 3) ** 2).sum().backward()
    sgd([p], 0.1, 1)
print(p)

# %% [markdown]
# ## 8. `updater(batch_size)`
#
# The training loop should not have to know which parameters there are and how they are updated.
# So wrap it up: `updater(batch_size)` makes one step of your `sgd` on **both** `W` and `b`,
# with the notebook's learning rate `lr`. Read `W`, `b` and `lr` when the function is called.

# %%
lr = 0.1


# %%
def updater(batch_size):
    """Make one SGD step on W and b with the learning rate lr.

    Args:
        batch_size: the number of examples in the batch that the gradients come from.

    Returns:
        None. W and b are changed in place and their gradients are cleared.

    Example:
        cross_entropy(net(X), y).sum().backward() and then updater(len(y)).
    """
    ### BEGIN SOLUTION
    sgd([W, b], lr, batch_size)
    ### END SOLUTION


# %%
kept = W.detach().clone(), b.detach().clone()
X, y = next(iter(test_iter))
print(cross_entropy(net(X), y).mean())  # about 2.3
for _ in range(5):
    cross_entropy(net(X), y).sum().backward()
    updater(len(y))
print(cross_entropy(net(X), y).mean())
# expected: clearly smaller, about 1.5, after five steps on the same batch
print(b)
# expected: no longer zeros

W.data.copy_(kept[0])  # put the old values back, so that training starts from the beginning
b.data.copy_(kept[1])

# %% [markdown]
# **Try it.** Set `lr = 1.0` above the function and run both cells again. Do five steps still
# lower the loss? Put 0.1 back before you go on.

# %% [markdown]
# ## 9. `train_epoch(net, train_iter, loss, updater)`
#
# One pass over the training data. For every batch: predict, compute the losses (one per example),
# compute the gradients, update. There are two kinds of updaters:
#
# - **your own function**, like `updater` above, which divides by the batch size itself: call
#   `backward()` on the **sum** of the losses, then `updater(number of examples in this batch)`;
# - **a `torch.optim.Optimizer`**, which does not: call its `zero_grad()`, then `backward()` on the
#   **mean** of the losses, then its `step()`.
#
# If `net` is a `torch.nn.Module`, put it into training mode first (`net.train()`).
#
# Return two numbers for the epoch, both counted over **examples**:
#
# $$\text{loss} = \frac{\text{sum of the losses of all examples}}{\text{number of examples}}, \qquad
# \text{accuracy} = \frac{\text{number of correct predictions}}{\text{number of examples}}$$
#
# This is not the mean of the means of the batches: a smaller last batch would count too much in
# that. Both numbers come from the predictions made *before* each step, the ones that you have
# anyway; do not predict again.


# %%
def train_epoch(net, train_iter, loss, updater):
    """Train for one epoch and return (loss per example, accuracy).

    Args:
        net: a function or a torch.nn.Module that turns X into scores of shape (n, c).
        train_iter: an iterable of batches (X, y); the last one may be smaller.
        loss: a function of (y_hat, y) that returns one loss per example, shape (n,).
        updater: a torch.optim.Optimizer, or a function of the batch size.

    Returns:
        A pair of numbers: the sum of all losses / examples, correct predictions / examples.

    Example:
        Losses 0.2231 and 0.2877 in one batch and 1.3863 in the next: the loss is 0.6324.
    """
    ### BEGIN SOLUTION
    if isinstance(net, torch.nn.Module):
        net.train()
    metric = Accumulator(3)  # sum of losses, correct predictions, examples
    for X, y in train_iter:
        y_hat = net(X)
        losses = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            losses.mean().backward()
            updater.step()
        else:
            losses.sum().backward()
            updater(X.shape[0])
        metric.add(losses.detach().sum(), accuracy(y_hat, y), y.numel())
    return metric[0] / metric[2], metric[1] / metric[2]
    ### END SOLUTION


# %%
# Three examples in batches of 2 and 1; the "network" looks up fixed probabilities, and the
# "updater" only writes down the batch sizes.
table = torch.tensor([[0.8, 0.2], [0.25, 0.75], [0.25, 0.75]], requires_grad=True)
batches = [(torch.tensor([0, 1]), torch.tensor([0, 1])), (torch.tensor([2]), torch.tensor([0]))]
sizes = []
print(train_epoch(lambda X: table[X], batches, cross_entropy, sizes.append), sizes)
# expected: about (0.6324, 0.6667) and [2, 1]; the mean of the batch means would be 0.8209

# %% [markdown]
# **Try it.** The other kind of updater: a module of PyTorch with its own optimizer and loss. Two
# epochs on three examples; the loss goes down.

# %%
tiny = torch.nn.Linear(2, 2)
optimizer = torch.optim.SGD(tiny.parameters(), lr=0.5)
per_example = torch.nn.CrossEntropyLoss(reduction="none")
batches = [
    (torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([0, 1])),
    (torch.tensor([[2.0, 1.0]]), torch.tensor([0])),
]
print(train_epoch(tiny, batches, per_example, optimizer))
print(train_epoch(tiny, batches, per_example, optimizer))

# %% [markdown]
# ## 10. `train(net, train_iter, test_iter, loss, num_epochs, updater)`
#
# The whole training. In every epoch call `train_epoch` once on the training data, then
# `evaluate_accuracy` once on the test data, and note the three numbers. Return a list with one
# triple **(training loss, training accuracy, test accuracy)** per epoch, the first epoch first.
# You may print or plot while it runs.


# %%
def train(net, train_iter, test_iter, loss, num_epochs, updater):
    """Train for some epochs and return what was measured in each of them.

    Args:
        net, train_iter, loss, updater: as in train_epoch.
        test_iter: an iterable of batches (X, y) on which the model is only evaluated.
        num_epochs: how many times to go through the training data.

    Returns:
        A list of num_epochs triples (train loss, train accuracy, test accuracy). The test
        accuracy is that after the epoch.

    Example:
        train(net, train_iter, test_iter, cross_entropy, 2, updater) is a list such as
        [(0.786, 0.750, 0.781), (0.570, 0.813, 0.803)].
    """
    ### BEGIN SOLUTION
    history = []
    for _ in range(num_epochs):
        train_loss, train_acc = train_epoch(net, train_iter, loss, updater)
        test_acc = evaluate_accuracy(net, test_iter)
        history.append((train_loss, train_acc, test_acc))
    return history
    ### END SOLUTION


# %%
batches = [(torch.tensor([0, 1]), torch.tensor([0, 1])), (torch.tensor([2]), torch.tensor([0]))]
print(train(lambda X: table[X], batches, batches[:1], cross_entropy, 2, sizes.append))
# expected: two triples, both about (0.6324, 0.6667, 1.0), because nothing is learned here

# %% [markdown]
# ### Now train
#
# Ten epochs, a batch size of 256 and a learning rate of 0.1. This takes about half a minute. Your
# numbers depend on the random weights and the order of the batches, but not by much. One run gave
# these:
#
# | epoch | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 |
# |---|---|---|---|---|---|---|---|---|---|---|
# | train loss | .7862 | .5702 | .5263 | .5007 | .4854 | .4738 | .4653 | .4586 | .4516 | .4471 |
# | train accuracy | .7496 | .8128 | .8257 | .8327 | .8375 | .8398 | .8436 | .8451 | .8464 | .8483 |
#
# and a test accuracy of .8294 after the last epoch. Your training losses should agree with the
# table within about .006 (within .013 in the first epoch); the test accuracy varies more, from
# about .81 to .84 after ten epochs.
#
# To train once more from the start, first run the cell of `W` and `b` again. Otherwise training
# goes on where it stopped.

# %%
num_epochs = 10
history = train(net, train_iter, test_iter, cross_entropy, num_epochs, updater)

print("epoch   train loss   train acc   test acc")
for epoch, (train_loss, train_acc, test_acc) in enumerate(history, start=1):
    print(f"{epoch:5d} {train_loss:12.4f} {train_acc:11.4f} {test_acc:10.4f}")

# %%
epochs = range(1, len(history) + 1)
plt.figure(figsize=(5, 3.5))
for values, style, name in zip(
    zip(*history, strict=True),
    ("-", "--", "-."),
    ("train loss", "train acc", "test acc"),
    strict=True,
):
    plt.plot(epochs, values, style, label=name)
plt.xlabel("epoch")
plt.ylim(0.3, 0.9)
plt.grid()
plt.legend()
plt.show()

# %% [markdown]
# The last epoch has to pass these three lines. They are a first test only: many wrong programs
# reach an accuracy above 0.7 as well. That is why the stubs are checked one by one.

# %%
train_loss, train_acc, test_acc = history[-1]
assert train_loss < 0.5, train_loss
assert 0.7 < train_acc <= 1, train_acc
assert 0.7 < test_acc <= 1, test_acc

# %% [markdown]
# ## 11. `predict(net, test_iter, n=6)`
#
# At last, look at what the model says. Take the first `n` examples of `test_iter` and return two
# lists of `n` **words** each, first the true labels, then the predicted ones. The function
# `get_fashion_mnist_labels` above turns class numbers into words. `n` is never larger than the
# first batch.


# %%
def predict(net, test_iter, n=6):
    """Return the true and the predicted labels of the first n examples, as text.

    Args:
        net: a function or a torch.nn.Module that turns X into scores of shape (n, c).
        test_iter: an iterable of batches (X, y).
        n: how many examples, at most as many as the first batch has.

    Returns:
        A pair of lists (true labels, predicted labels), each of n words from text_labels.

    Example:
        predict(net, test_iter, n=2) is, for a good net,
        (["ankle boot", "pullover"], ["ankle boot", "pullover"]).
    """
    ### BEGIN SOLUTION
    X, y = next(iter(test_iter))
    with torch.no_grad():
        predicted = net(X[:n]).argmax(dim=1)
    return get_fashion_mnist_labels(y[:n]), get_fashion_mnist_labels(predicted)
    ### END SOLUTION


# %%
true_labels, predicted_labels = predict(net, test_iter)
print(true_labels)
# expected: ['ankle boot', 'pullover', 'trouser', 'trouser', 'shirt', 'trouser']
print(predicted_labels)
# expected: after training mostly the same words

# %% [markdown]
# **Try it.** Draw more images with both words over each, the true one first. Which classes does the
# model mix up? Would you have known better?

# %%
true_labels, predicted_labels = predict(net, test_iter, n=18)
X, y = next(iter(test_iter))
show_images(X[:18], [f"{t}\n{p}" for t, p in zip(true_labels, predicted_labels, strict=True)])

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


def check_net():
    assert torch.is_tensor(W), "W is not written yet"
    assert torch.is_tensor(b), "b is not written yet"
    assert W.shape == (784, 10), f"W must have the shape (784, 10), not {tuple(W.shape)}"
    assert b.shape == (10,), f"b must have the shape (10,), not {tuple(b.shape)}"
    assert W.requires_grad, "W must require gradients"
    assert b.requires_grad, "b must require gradients"
    P = net(torch.rand(5, 1, 28, 28))
    assert P.shape == (5, 10), f"net must return shape (5, 10) here, not {tuple(P.shape)}"
    assert torch.allclose(P.sum(dim=1), torch.ones(5), atol=1e-5), "each row must sum to 1"


def check_cross_entropy():
    P = torch.tensor([[0.2, 0.2, 0.6], [0.1, 0.8, 0.1]])
    values = cross_entropy(P, torch.tensor([2, 1]))
    assert values.shape == (2,), f"one loss per example, shape (2,), not {tuple(values.shape)}"
    assert torch.allclose(values, torch.tensor([0.5108, 0.2231]), atol=1e-4), values


def check_accuracy():
    scores = torch.tensor([[0.2, 0.6, 0.2], [0.1, 0.1, 0.8], [0.9, 0.05, 0.05]])
    correct = accuracy(scores, torch.tensor([0, 2, 0]))
    assert correct == 2, f"2 of the 3 predictions are correct, the result was {correct}"


def check_accumulator():
    first, second = Accumulator(2), Accumulator(2)
    first.add(1, 2.5)
    first.add(1, 2.5)
    assert (first[0], first[1]) == (2.0, 5.0), "add must add to each sum"
    assert (second[0], second[1]) == (0.0, 0.0), "two accumulators must not share their sums"
    first.reset()
    assert (first[0], first[1]) == (0.0, 0.0), "reset must set the sums to zero"


def check_evaluate_accuracy():
    scores = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3], [0.6, 0.4]])
    pairs = [(scores[:3], torch.tensor([0, 1, 1])), (scores[3:], torch.tensor([0]))]
    result = evaluate_accuracy(lambda X: X, pairs)
    assert abs(result - 0.75) < 1e-6, f"3 of 4 predictions are correct, the result was {result}"


def check_sgd():
    p = torch.tensor([1.0, 2.0], requires_grad=True)
    p.grad = torch.tensor([2.0, 4.0])
    sgd([p], 0.1, 2)
    assert torch.allclose(p, torch.tensor([0.9, 1.8])), f"p should be [0.9, 1.8], it is {p}"
    assert p.grad is None or not p.grad.any(), "the gradient must be cleared after the step"


def check_updater():
    assert torch.is_tensor(W), "W is not written yet"
    assert torch.is_tensor(b), "b is not written yet"
    before = W.detach().clone(), b.detach().clone()
    W.grad, b.grad = torch.ones_like(W), torch.ones_like(b)
    updater(4)
    after = W.detach().clone(), b.detach().clone()
    W.data.copy_(before[0])
    b.data.copy_(before[1])
    W.grad = b.grad = None
    assert torch.allclose(after[0], before[0] - lr / 4, atol=1e-6), "W must take one step of sgd"
    assert torch.allclose(after[1], before[1] - lr / 4, atol=1e-6), "b must take one step of sgd"


def check_train_epoch():
    P = torch.tensor([[0.8, 0.2], [0.25, 0.75], [0.25, 0.75]], requires_grad=True)
    pairs = [(torch.tensor([0, 1]), torch.tensor([0, 1])), (torch.tensor([2]), torch.tensor([0]))]
    seen = []
    result = train_epoch(lambda X: P[X], pairs, cross_entropy, seen.append)
    assert abs(result[0] - 0.6324) < 1e-4, f"the loss should be 0.6324, it is {result[0]}"
    assert abs(result[1] - 2 / 3) < 1e-4, f"the accuracy should be 2/3, it is {result[1]}"
    assert seen == [2, 1], f"the updater should be called with 2 and 1, not with {seen}"


def check_train():
    P = torch.tensor([[0.8, 0.2], [0.25, 0.75], [0.25, 0.75]], requires_grad=True)
    pairs = [(torch.tensor([0, 1]), torch.tensor([0, 1])), (torch.tensor([2]), torch.tensor([0]))]
    seen = []
    result = train(lambda X: P[X], pairs, pairs[:1], cross_entropy, 3, seen.append)
    assert len(result) == 3, "train must return one triple per epoch"
    assert abs(result[2][2] - 1) < 1e-6, "the third number is the accuracy on test_iter"


def check_predict():
    pairs = [(torch.eye(10), torch.tensor([0, 1, 2, 3, 4, 5, 6, 7, 9, 8]))]
    result = predict(lambda X: X, pairs, n=9)
    assert list(result[0]) == [*text_labels[:8], "ankle boot"], f"true labels: {result[0]}"
    assert list(result[1]) == text_labels[:9], f"predicted labels: {result[1]}"


for test in (
    check_softmax,
    check_net,
    check_cross_entropy,
    check_accuracy,
    check_accumulator,
    check_evaluate_accuracy,
    check_sgd,
    check_updater,
    check_train_epoch,
    check_train,
    check_predict,
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
