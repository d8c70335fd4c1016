# %% [markdown]
# # Softmax regression with the parts of PyTorch
#
# Everything that you have built by hand for softmax regression is there, ready-made and tested: the
# layer, the loss, the optimizer. In this notebook you put the classifier together from these
# parts. It is short, and that is the point. What you have to know is what each part expects, above
# all one thing: **the loss wants logits, not probabilities.**
#
# You fill in five pieces, called *stubs*:
#
# | stub | what it makes |
# |---|---|
# | `make_net` | the model, an `nn.Module` that gives logits |
# | `init_weights` | the random start of its weights |
# | `make_loss` | the cross entropy loss, `nn.CrossEntropyLoss` |
# | `make_trainer` | the optimizer, `torch.optim.SGD` |
# | `train` | the training loop around them |
#
# **How to work.** Write your code where it says `YOUR CODE HERE` and delete the line that raises
# `NotImplementedError`. Every stub is followed by an example with its expected result and by a
# cell to try things out. Keep the names and the arguments of the stubs. Apart from that the
# notebook is yours: add cells, print, plot.
#
# **What is checked.** Each stub is checked on its own, with small inputs and with the help of a
# correct version of the others. No check asks for more than what this text says.
#
# **What you have to use.** This time it is the other way round: use the layers of `torch.nn`, the
# loss of `torch.nn` and the optimizer of `torch.optim`. An own softmax or an own SGD is not asked
# for here.
#
# **Shapes.** $n$ is the number of examples in a batch. The last batch of an epoch may be smaller
# than the others, so never assume a fixed batch size.

# %%
import matplotlib.pyplot as plt
import torch
from torch import nn
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
batch_size = 256
train_iter, test_iter = load_data_fashion_mnist(batch_size)

# %%
X, y = next(iter(test_iter))
print(X.shape, X.dtype, y.shape)
# expected: torch.Size([256, 1, 28, 28]) torch.float32 torch.Size([256])
show_images(X[:16], get_fashion_mnist_labels(y[:16]))

# %% [markdown]
# ## 1. `make_net()`
#
# The model is $O = X W + b$: an image of shape $(1, 28, 28)$ is flattened to 784 numbers, and one
# linear layer makes ten *logits* of them, one per class. PyTorch has a layer for each step:
#
# - `nn.Flatten()` keeps the first dimension (the examples) and flattens the rest;
# - `nn.Linear(784, 10)` holds the weights, of shape (10, 784), and the bias, of shape (10,);
# - `nn.Sequential(…)` runs its layers one after the other.
#
# Return a new network at every call. **There is no softmax at the end.** The loss of the third
# section has it inside.


# %%
def make_net():
    """Return a new network: images in, logits out.

    Returns:
        An nn.Module that turns images of shape (n, 1, 28, 28) into logits of shape (n, 10) by a
        single nn.Linear layer with bias.

    Example:
        make_net()(torch.zeros(2, 1, 28, 28)) has the shape (2, 10); its rows do not sum to 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError("make_net: your code is still missing")


# %%
net = make_net()
print(net)
# expected: Sequential with (0): Flatten(start_dim=1, end_dim=-1) and
#           (1): Linear(in_features=784, out_features=10, bias=True)
print(net(torch.zeros(2, 1, 28, 28)).shape)
# expected: torch.Size([2, 10])

# %% [markdown]
# **Try it.** How many numbers does the model learn? How many would a second layer add?

# %%
print(sum(parameter.numel() for parameter in net.parameters()))  # 784 * 10 + 10

# %% [markdown]
# ## 2. `init_weights(m)`
#
# `net.apply(init_weights)` calls the function once for every layer of the network, and for the
# network itself. So it has to look at what it is given:
#
# - if `m` is an `nn.Linear`, draw its weights anew, in place, from a normal distribution with mean
#   0 and **standard deviation 0.01**: `nn.init.normal_` does this;
# - leave every other layer as it is.
#
# What you do with the bias is up to you.


# %%
def init_weights(m):
    """Draw the weights of a linear layer from N(0, 0.01); leave other layers alone.

    Args:
        m: any layer (an nn.Module).

    Returns:
        None. m.weight is changed in place if m is an nn.Linear.

    Example:
        After net.apply(init_weights), net[1].weight has a standard deviation of about 0.01.
    """
    # YOUR CODE HERE
    raise NotImplementedError("init_weights: your code is still missing")


# %%
layer = nn.Linear(784, 10)
print(f"{layer.weight.std():.4f}")  # PyTorch's own start
init_weights(layer)
print(f"mean {layer.weight.mean():.4f}, standard deviation {layer.weight.std():.4f}")
# expected: a mean very near 0 and a standard deviation very near 0.0100

# %% [markdown]
# **Try it.** The same for a whole network. `init_weights` meets a Flatten, which has no weights,
# a LayerNorm, whose weights are not its business, a Linear, and the Sequential around them.

# %%
tower = nn.Sequential(nn.Flatten(), nn.LayerNorm(784), nn.Linear(784, 10))
tower.apply(init_weights)
print(tower[1].weight[:3], f"{tower[2].weight.std():.4f}")

# %% [markdown]
# ## 3. `make_loss()`
#
# `nn.CrossEntropyLoss` takes **logits** $o$ and class numbers $y$. It applies softmax and
# logarithm itself, in one step that neither overflows nor divides by zero:
#
# $$\ell_i = -\log \operatorname{softmax}(o_i)_{y_i}
# = \log \sum_{k=1}^{c} \exp(o_{ik}) - o_{i, y_i}$$
#
# Its argument `reduction` says what becomes of the $n$ losses of a batch: `"mean"` (the default)
# or `"none"`. Take whichever you like; your training loop has to work with both. `"sum"` is not
# accepted, because the learning rate would then depend on the size of the batch.


# %%
def make_loss():
    """Return the loss of the classifier.

    Returns:
        An nn.CrossEntropyLoss with the reduction "mean" or "none".

    Example:
        make_loss()(torch.tensor([[-2.3, 4, 1.5], [-5, 2, 8]]), torch.tensor([2, 1])) is about
        4.2915 with the reduction "mean", [2.5806, 6.0025] with "none".
    """
    # YOUR CODE HERE
    raise NotImplementedError("make_loss: your code is still missing")


# %%
logits = torch.tensor([[-2.3, 4, 1.5], [-5, 2, 8]])
print(make_loss()(logits, torch.tensor([2, 1])))
# expected: [2.5806, 6.0025], or their mean 4.2915

# %% [markdown]
# **Try it.** Feed it with *probabilities* and you get a number, too, but a wrong one. The
# probabilities below have the losses $-\log 0.6 = 0.5108$ and $-\log 0.8 = 0.2231$. The loss
# takes them for logits and finds 0.8504 and 0.6897. Their logarithms are logits that fit.

# %%
P = torch.tensor([[0.2, 0.2, 0.6], [0.1, 0.8, 0.1]])
print(make_loss()(P, torch.tensor([2, 1])))  # [0.8504, 0.6897]: wrong
print(make_loss()(torch.log(P), torch.tensor([2, 1])))  # [0.5108, 0.2231]
print(make_loss()(logits * 1000, torch.tensor([2, 1])))  # no overflow

# %% [markdown]
# ## 4. `make_trainer(net, lr=0.1)`
#
# `torch.optim.SGD` is the optimizer: plain stochastic gradient descent on **all** parameters of
# the network, without momentum and without weight decay. Use the arguments, not variables of the
# notebook.


# %%
def make_trainer(net, lr=0.1):
    """Return the optimizer that trains a network.

    Args:
        net: an nn.Module.
        lr: the learning rate.

    Returns:
        A torch.optim.SGD over all parameters of net.

    Example:
        make_trainer(net) steps with learning rate 0.1, make_trainer(net, 0.5) with 0.5.
    """
    # YOUR CODE HERE
    raise NotImplementedError("make_trainer: your code is still missing")


# %%
tiny = nn.Linear(1, 1)
nn.init.ones_(tiny.weight)
nn.init.zeros_(tiny.bias)
tiny(torch.tensor([[2.0]])).sum().backward()  # the gradients are 2 and 1
make_trainer(tiny).step()
print(tiny.weight.item(), tiny.bias.item())
# expected: about 0.8 and -0.1

# %% [markdown]
# **Try it.** The same step with a learning rate of 0.5, from the values where the last one ended.

# %%
make_trainer(tiny, lr=0.5).step()
print(tiny.weight.item(), tiny.bias.item())

# %% [markdown]
# ## 5. `train(net, train_iter, test_iter, loss, num_epochs, trainer)`
#
# The training loop. In every epoch:
#
# 1. put the network into training mode (`net.train()`);
# 2. for every batch: compute the logits and the loss; `trainer.zero_grad()`, `backward()` on the
#    **mean** loss of the batch, `trainer.step()`;
# 3. measure the accuracy on `test_iter`, in evaluation mode (`net.eval()`) and without gradients.
#
# Return a list with one triple **(training loss, training accuracy, test accuracy)** per epoch:
#
# - the training loss is the loss **per example**: the sum of the losses of all examples divided by
#   their number, not the mean of the means of the batches;
# - the training accuracy is the fraction of correct predictions;
# - both come from the logits computed before each step;
# - the test accuracy is that after the epoch.
#
# `loss` may have the reduction `"none"`, then it gives one loss per example, or `"mean"`, then
# it gives one number for the batch, and the sum over the batch is that number times the number of
# examples. `train` has to give the same result for both.
#
# Two functions that you know are given.


# %%
def accuracy(y_hat, y):
    """Return the number of correct predictions: scores (n, c), true classes (n,)."""
    return float((y_hat.argmax(dim=1) == y).sum())


def evaluate_accuracy(net, data_iter):
    """Return correct predictions / examples over all batches, in evaluation mode."""
    net.eval()
    with torch.no_grad():
        counts = [(accuracy(net(X), y), len(y)) for X, y in data_iter]
    return sum(correct for correct, _ in counts) / sum(n for _, n in counts)


# %%
def train(net, train_iter, test_iter, loss, num_epochs, trainer):
    """Train for some epochs and return what was measured in each of them.

    Args:
        net: an nn.Module that turns X into logits of shape (n, c).
        train_iter, test_iter: iterables of batches (X, y); the last one may be smaller.
        loss: an nn.CrossEntropyLoss with the reduction "none" or "mean".
        num_epochs: how many times to go through the training data.
        trainer: a torch.optim.Optimizer over the parameters of net.

    Returns:
        A list of num_epochs triples (train loss, train accuracy, test accuracy).

    Example:
        train(net, train_iter, test_iter, loss, 2, trainer) is a list such as
        [(0.787, 0.750, 0.781), (0.570, 0.814, 0.803)].
    """
    # YOUR CODE HERE
    raise NotImplementedError("train: your code is still missing")


# %%
# Three examples in batches of 2 and 1, a learning rate of 0: nothing is learned.
tiny = nn.Linear(2, 2, bias=False)
with torch.no_grad():
    tiny.weight.copy_(torch.eye(2))
batches = [
    (torch.tensor([[1.0, 0.0], [0.0, 2.0]]), torch.tensor([0, 1])),
    (torch.tensor([[3.0, 0.0]]), torch.tensor([1])),
]
for reduction in ("none", "mean"):
    still = torch.optim.SGD(tiny.parameters(), lr=0.0)
    print(train(tiny, batches, batches[:1], nn.CrossEntropyLoss(reduction=reduction), 1, still))
# expected: twice about [(1.1629, 0.6667, 1.0)]

# %% [markdown]
# ### Now train
#
# Ten epochs with batches of 256 and a learning rate of 0.1. The course text reports:
#
# | epoch | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 |
# |---|---|---|---|---|---|---|---|---|---|---|
# | train loss | .7869 | .5698 | .5235 | .5018 | .4848 | .4731 | .4652 | .4579 | .4525 | .4474 |
# | train accuracy | .7501 | .8138 | .8264 | .8310 | .8363 | .8406 | .8425 | .8444 | .8473 | .8475 |
#
# Your training losses should agree with the table within about .006 (within .013 in the first
# epoch); the test accuracy varies more, from about .81 to .84 after ten epochs.

# %%
net = make_net()
net.apply(init_weights)
loss = make_loss()
trainer = make_trainer(net, lr=0.1)
num_epochs = 10
history = train(net, train_iter, test_iter, loss, num_epochs, trainer)

print("epoch   train loss   train acc   test acc")
for epoch, (train_loss, train_acc, test_acc) in enumerate(history, start=1):
    print(f"{epoch:5d} {train_loss:12.4f} {train_acc:11.4f} {test_acc:10.4f}")

# %%
epochs = range(1, num_epochs + 1)
plt.figure(figsize=(5, 3.5))
for values, style, name in zip(
    zip(*history), ("-", "--", "-."), ("train loss", "train acc", "test acc")
):
    plt.plot(epochs, values, style, label=name)
plt.xlabel("epoch")
plt.ylim(0.3, 0.9)
plt.grid()
plt.legend()
plt.show()

# %%
train_loss, train_acc, test_acc = history[-1]
assert train_loss < 0.5, train_loss
assert 0.7 < train_acc <= 1, train_acc
assert 0.7 < test_acc <= 1, test_acc

# %% [markdown]
# ### The classic mistake
#
# A softmax layer at the end of the network: then the loss applies a second softmax to
# probabilities. Nothing breaks, the model learns, and its accuracy looks fine. Only the loss tells:
# the second softmax gets numbers between 0 and 1, so it can never be sure of anything, and the loss
# cannot come below about 1.46, however good the model is. Gradients shrink as well. Compare the
# first three epochs with those above.

# %%
wrong_net = nn.Sequential(make_net(), nn.Softmax(dim=1))
wrong_net.apply(init_weights)
for row in train(wrong_net, train_iter, test_iter, loss, 3, make_trainer(wrong_net)):
    print(row)  # losses of about 2.0, 1.9 and 1.8, accuracies of nearly 0.7

# %% [markdown]
# Look at what your model says: over every image the true label, below it the predicted one. The
# class with the largest logit is the one with the largest probability, so no softmax is needed
# here either.

# %%
X, y = next(iter(test_iter))
net.eval()
with torch.no_grad():
    predicted = net(X).argmax(dim=1)
titles = zip(get_fashion_mnist_labels(y), get_fashion_mnist_labels(predicted))
show_images(X[:16], [f"{true}\n{guess}" for true, guess in titles][:16])

# %% [markdown]
# ## Check yourself
#
# This cell needs nothing but your notebook. It tests a part of what the grader tests, says what
# is wrong in each stub, and goes on. If you have the grader, `grader check` tells you more.


# %%
def check_make_net():
    net = make_net()
    assert isinstance(net, nn.Module), "make_net must return a network of torch.nn"
    logits = net(torch.rand(5, 1, 28, 28))
    assert logits.shape == (5, 10), f"the shape must be (5, 10), not {tuple(logits.shape)}"
    shapes = sorted(tuple(parameter.shape) for parameter in net.parameters())
    assert shapes == [(10,), (10, 784)], f"one linear layer with bias, not parameters {shapes}"
    sums = logits.sum(dim=1)
    assert not torch.allclose(sums, torch.ones(5)), "rows sum to 1: leave the softmax out"


def check_init_weights():
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    net.apply(init_weights)
    spread = net[1].weight.std().item()
    assert 0.0095 < spread < 0.0105, f"the standard deviation should be 0.01, it is {spread}"


def check_make_loss():
    value = make_loss()(torch.tensor([[-2.3, 4, 1.5], [-5, 2, 8]]), torch.tensor([2, 1]))
    assert value.shape in ((), (2,)), "the result is one number, or one loss per example"
    assert abs(value.mean() - 4.2915) < 1e-3, f"the mean should be 4.2915, it is {value.mean()}"


def check_make_trainer():
    layer = nn.Linear(1, 1)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    layer(torch.tensor([[2.0]])).sum().backward()
    make_trainer(layer, 0.5).step()
    after = layer.weight.item(), layer.bias.item()
    assert after == (-1.0, -0.5), f"weight and bias should be (-1.0, -0.5), they are {after}"


def check_train():
    for reduction in ("none", "mean"):
        layer = nn.Linear(2, 2, bias=False)
        nn.init.eye_(layer.weight)
        still = torch.optim.SGD(layer.parameters(), lr=0.0)
        loss = nn.CrossEntropyLoss(reduction=reduction)
        result = train(layer, batches, batches[:1], loss, 2, still)
        assert len(result) == 2, "train must return one triple per epoch"
        train_loss, train_acc, test_acc = result[1]
        assert abs(train_loss - 1.1629) < 1e-4, (
            f"with reduction {reduction!r} the loss should be 1.1629, it is {train_loss}"
        )
        assert abs(train_acc - 2 / 3) < 1e-4, f"the accuracy should be 2/3, it is {train_acc}"
        assert abs(test_acc - 1) < 1e-4, f"the test accuracy should be 1, it is {test_acc}"


for test in (check_make_net, check_init_weights, check_make_loss, check_make_trainer, check_train):
    name = test.__name__.removeprefix("check_")
    try:
        test()
    except NotImplementedError as error:
        print(f"{name:12} not written yet ({error})")
    except Exception as error:
        print(f"{name:12} {type(error).__name__}: {error}")
    else:
        print(f"{name:12} ok")
