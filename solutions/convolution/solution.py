# %% [markdown]
# # Convolution by hand
#
# A dense layer gives every pixel a weight of its own. It does not know that neighbours belong
# together, and what it has learnt about the upper left corner tells it nothing about the rest of
# the image. A **convolution** looks at a small window, with the *same* few weights wherever the
# window is. Here you build one from indices, sums and products, make a layer, then a network of the
# kind of LeNet from it, and train that on Fashion-MNIST.
#
# `torch.nn.functional.conv2d`, `nn.Conv2d` and PyTorch's pooling do all this for you, so they may
# not stand in for your code; compare with them as often as you like in cells of your own.
# Everything else of PyTorch is yours.
#
# Work from top to bottom. Write your code where it says `YOUR CODE HERE`; the printed values below
# a stub should be those of the comment.

# %%
import matplotlib.pyplot as plt
import torch
import torchvision
from torch import nn


# %%
def show(images, titles):
    """Draw images (h, w) side by side in grey."""
    _, axes = plt.subplots(1, len(images), figsize=(2.2 * len(images), 2.4), squeeze=False)
    for axis, image, title in zip(axes[0], images, titles):
        axis.imshow(image.detach().numpy(), cmap="gray")
        axis.set_title(title, fontsize=9)
        axis.axis("off")
    plt.show()


# %% [markdown]
# ## 1. `corr2d(X, K)`
#
# Lay the kernel K on the upper left corner of X, multiply the numbers that lie on each other, and
# add the products: that is the first number of the output. Move the kernel one column to the right
# for the next one, and after the last column one row down:
#
# $$Y_{ij} = \sum_{a=0}^{k_h-1} \sum_{b=0}^{k_w-1} X_{i+a,\,j+b}\, K_{ab}$$
#
# The kernel has to lie on X with all its cells. So the output has $h - k_h + 1$ rows and $w - k_w +
# 1$ columns. (In mathematics a convolution turns the kernel upside down first, and this is called a
# *cross-correlation*. Deep learning learns the kernel anyway, says convolution, and turns nothing.)


# %%
def corr2d(X, K):
    """Cross-correlate a matrix with a kernel.

    Args:
        X: a float tensor of shape (h, w).
        K: a float tensor of shape (kh, kw), not larger than X.

    Returns:
        A tensor of shape (h - kh + 1, w - kw + 1). X and K stay as they are, and gradients reach
        both.

    Example:
        X = [[0, 1, 2], [3, 4, 5], [6, 7, 8]] and K = [[0, 1], [2, 3]] give [[19, 25], [37, 43]].
    """
    ### BEGIN SOLUTION
    kh, kw = K.shape
    h, w = X.shape[0] - kh + 1, X.shape[1] - kw + 1
    Y = torch.zeros(h, w, dtype=X.dtype, device=X.device)
    for a in range(kh):
        for b in range(kw):
            Y = Y + X[a : a + h, b : b + w] * K[a, b]
    return Y
    ### END SOLUTION


# %%
print(corr2d(torch.arange(9.0).reshape(3, 3), torch.tensor([[0.0, 1.0], [2.0, 3.0]])))
# expected: [[19., 25.], [37., 43.]]

# %% [markdown]
# What is it good for? The kernel (1, −1) subtracts each pixel's right neighbour: where nothing
# changes the output is 0, and at an edge it is not. A kernel of nine equal weights takes the mean
# of a neighbourhood. Look at both on a boot.

# %%
training_set = torchvision.datasets.FashionMNIST("../data", train=True, download=True)
test_set = torchvision.datasets.FashionMNIST("../data", train=False, download=True)
X_train, y_train = training_set.data.unsqueeze(1) / 255, training_set.targets
X_test, y_test = test_set.data.unsqueeze(1) / 255, test_set.targets
print(X_train.shape, X_test.shape)

# %%
boot = X_train[y_train == 9][0, 0]
edges = torch.tensor([[1.0, -1.0]])
show(
    [boot, corr2d(boot, edges), corr2d(boot, edges.T), corr2d(boot, torch.full((3, 3), 1 / 9))],
    ["the image", "vertical edges", "horizontal edges", "a blur"],
)

# %% [markdown]
# ## 2. `Conv2D`
#
# Nobody has to invent kernels: a layer *learns* them. Make `corr2d` a layer with two parameters.
# `weight` is the kernel and begins with random numbers, different ones in each layer; `bias` is one
# number, begins with 0, and is added to every cell of the output. Both are `nn.Parameter`s, so that
# an optimizer finds them.


# %%
class Conv2D(nn.Module):
    """A layer for one image (h, w): corr2d with a kernel that is learnt, and a bias.

    Args:
        kernel_size: the shape of the kernel, such as (3, 3).

    Its parameters are weight, of that shape, and bias, of shape (1,).
    """

    def __init__(self, kernel_size):
        ### BEGIN SOLUTION
        super().__init__()
        self.weight = nn.Parameter(torch.rand(kernel_size))
        self.bias = nn.Parameter(torch.zeros(1))
        ### END SOLUTION

    def forward(self, X):
        """The cross-correlation of X with weight, plus bias."""
        ### BEGIN SOLUTION
        return corr2d(X, self.weight) + self.bias
        ### END SOLUTION


# %%
torch.manual_seed(0)
layer = Conv2D((3, 3))
print([tuple(parameter.shape) for parameter in layer.parameters()], layer(boot).shape)
# expected: [(3, 3), (1,)] torch.Size([26, 26])

# %% [markdown]
# Does it learn? Show it an image and the image of its edges, and let gradient descent find the
# kernel that makes the one out of the other. It has to come close to (1, −1).

# %%
torch.manual_seed(0)
layer, target = Conv2D((1, 2)), corr2d(boot, edges)
losses = []
for _ in range(400):
    loss = ((layer(boot) - target) ** 2).mean()
    layer.zero_grad()
    loss.backward()
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter -= 0.5 * parameter.grad
    losses.append(loss.item())
print(layer.weight.detach())
# expected: about [[1., -1.]]

# %%
plt.figure(figsize=(4, 2.4))
plt.plot(losses)
plt.xlabel("step")
plt.ylabel("squared error")
plt.show()

# %% [markdown]
# ## 3. `output_size(size, kernel, padding, stride)`
#
# Two things decide how large the output is. **Padding** p puts p rows and columns of zeros around
# the image, on *each* of its four sides, so that its border is not lost. The **stride** s is the
# number of cells that the window moves each time. A window that would reach beyond the padded image
# does not count, so we round down:
#
# $$\left\lfloor \frac{n - k + 2p}{s} \right\rfloor + 1$$


# %%
def output_size(size, kernel, padding, stride):
    """The number of rows (or columns) of the output of a convolution.

    Args:
        size: the number of rows of the input.
        kernel: the number of rows of the kernel; with its padding the input has at least so many.
        padding: the number of rows of zeros on each side.
        stride: the number of rows that the window moves each time.

    Returns:
        A whole number.

    Example:
        output_size(28, 5, 2, 1) is 28, output_size(8, 3, 1, 2) is 4.
    """
    ### BEGIN SOLUTION
    return (size - kernel + 2 * padding) // stride + 1
    ### END SOLUTION


# %%
print(output_size(28, 5, 2, 1), output_size(8, 3, 1, 2), output_size(5, 2, 0, 2))
# expected: 28 4 2

# %% [markdown]
# ## 4. `pad2d(X, padding)`
#
# From here on, X is a batch of images with channels: (n, c, h, w). Put the zeros around each of
# them.


# %%
def pad2d(X, padding):
    """Put zeros around images.

    Args:
        X: a float tensor of shape (n, c, h, w).
        padding: the number of rows and columns on each side, 0 or more.

    Returns:
        A tensor of shape (n, c, h + 2 * padding, w + 2 * padding) with X in the middle.

    Example:
        pad2d(torch.ones(1, 1, 1, 1), 1) is [[[[0, 0, 0], [0, 1, 0], [0, 0, 0]]]].
    """
    ### BEGIN SOLUTION
    n, c, h, w = X.shape
    padded = torch.zeros(n, c, h + 2 * padding, w + 2 * padding, dtype=X.dtype, device=X.device)
    padded[:, :, padding : padding + h, padding : padding + w] = X
    return padded
    ### END SOLUTION


# %%
print(pad2d(torch.ones(1, 1, 1, 1), 1))
# expected: [[[[0., 0., 0.], [0., 1., 0.], [0., 0., 0.]]]]

# %% [markdown]
# ## 5. `conv2d(X, K, padding=0, stride=1)`
#
# An image can have several channels, such as red, green and blue, and a layer gives several
# channels, too. For *one* output channel the kernel has a matrix for each input channel;
# cross-correlate channel by channel and **add the results**. For `o` output channels there are `o`
# such kernels, so K has the shape (o, c, kh, kw):
#
# $$Y_{n\,o\,i\,j} = \sum_{c} \sum_{a,b} X_{n,\,c,\,i s+a,\,j s+b}\; K_{o\,c\,a\,b}$$
#
# where X has been padded first and s is the stride.
#
# Python is slow, PyTorch is fast: a network needs this thousands of times, so a loop over images,
# channels or output cells takes too long. Loop over the few positions (a, b) of the kernel at most.
# `X[:, :, a : a + m : s]` takes every s-th row from a on, all windows at once, and `torch.einsum`
# or a matrix product adds over the channels.


# %%
def conv2d(X, K, padding=0, stride=1):
    """Convolve a batch of images of several channels.

    Args:
        X: a float tensor of shape (n, c, h, w).
        K: a float tensor of shape (o, c, kh, kw): for each output channel a kernel for each input
            channel.
        padding: the number of rows and columns of zeros on each side.
        stride: the number of cells that the window moves, down and to the right.

    Returns:
        A tensor of shape (n, o, oh, ow) with oh = output_size(h, kh, padding, stride) and
        ow = output_size(w, kw, padding, stride). X and K stay as they are, and gradients reach
        both.
    """
    ### BEGIN SOLUTION
    kh, kw = K.shape[2:]
    h = output_size(X.shape[2], kh, padding, stride)
    w = output_size(X.shape[3], kw, padding, stride)
    X = pad2d(X, padding)
    cells = [
        X[:, :, a : a + stride * h : stride, b : b + stride * w : stride]
        for a in range(kh)
        for b in range(kw)
    ]
    return torch.einsum("knchw,ock->nohw", torch.stack(cells), K.flatten(2))
    ### END SOLUTION


# %%
X = torch.stack([torch.arange(9.0).reshape(3, 3), torch.arange(1.0, 10.0).reshape(3, 3)]).unsqueeze(
    0
)
K = torch.tensor([[[0.0, 1.0], [2.0, 3.0]], [[1.0, 2.0], [3.0, 4.0]]])
print(conv2d(X, torch.stack([K, K + 1])))
# expected: [[[[56., 72.], [104., 120.]], [[76., 100.], [148., 172.]]]]
print(conv2d(X, K.unsqueeze(0), padding=1, stride=2))
# expected: [[[[4., 26.], [57., 120.]]]]

# %% [markdown]
# ## 6. `pool2d(X, size, mode="max", stride=None)`
#
# Where exactly an edge lies matters less than that there is one. **Pooling** keeps one number of
# each window: the largest (`"max"`) or the mean (`"avg"`). It has no weights and looks at each
# channel on its own. Mostly the windows do not overlap, so the stride is the size of the window
# unless another one is asked for. There is no padding; again, a window that does not fit does not
# count.


# %%
def pool2d(X, size, mode="max", stride=None):
    """Reduce each window of size x size cells to one number.

    Args:
        X: a float tensor of shape (n, c, h, w).
        size: the number of rows and of columns of a window.
        mode: "max" for the largest number of a window, "avg" for its mean.
        stride: the number of cells that the window moves; None: as many as `size`.

    Returns:
        A tensor of shape (n, c, output_size(h, size, 0, stride), output_size(w, size, 0, stride)).

    Example:
        For X = [[[[0, 1, 2], [3, 4, 5], [6, 7, 8]]]], pool2d(X, 2, stride=1) is
        [[[[4, 5], [7, 8]]]], and pool2d(X, 2, "avg") is [[[[2]]]].
    """
    ### BEGIN SOLUTION
    if stride is None:
        stride = size
    h = output_size(X.shape[2], size, 0, stride)
    w = output_size(X.shape[3], size, 0, stride)
    cells = [
        X[:, :, a : a + stride * h : stride, b : b + stride * w : stride]
        for a in range(size)
        for b in range(size)
    ]
    windows = torch.stack(cells)
    if mode == "max":
        return windows.amax(0)
    return windows.mean(0)
    ### END SOLUTION


# %%
X = torch.arange(9.0).reshape(1, 1, 3, 3)
print(pool2d(X, 2, stride=1), pool2d(X, 2, "avg"))
# expected: [[[[4., 5.], [7., 8.]]]] [[[[2.]]]]

# %%
image = X_train[y_train == 9][:1]
show(
    [image[0, 0], pool2d(image, 2)[0, 0], pool2d(image, 4)[0, 0], pool2d(image, 4, "avg")[0, 0]],
    ["28 x 28", "max of 2 x 2", "max of 4 x 4", "mean of 4 x 4"],
)

# %% [markdown]
# ## 7. `init_params()`
#
# The network, a small relative of LeNet (LeCun et al., 1998), has two blocks of convolution, ReLU
# and pooling, then two dense layers:
#
# | | output | parameters |
# |---|---|---|
# | images | (n, 1, 28, 28) | |
# | convolution, 5 x 5, padding 2; ReLU | (n, 6, 28, 28) | K1 (6, 1, 5, 5), b1 (6,) |
# | max pooling, 2 x 2 | (n, 6, 14, 14) | |
# | convolution, 5 x 5; ReLU | (n, 16, 10, 10) | K2 (16, 6, 5, 5), b2 (16,) |
# | max pooling, 2 x 2 | (n, 16, 5, 5) | |
# | flattened | (n, 400) | |
# | dense; ReLU | (n, 84) | W3 (400, 84), b3 (84,) |
# | dense | (n, 10) | W4 (84, 10), b4 (10,) |
#
# Draw the kernels and weights from a normal distribution with mean 0 and **standard deviation**
# $\sqrt{2 / m}$, where m is the number of inputs of one output number: c · kh · kw for a
# convolution, the number of rows for a dense layer (He et al., 2015). So the numbers neither die
# out nor explode from layer to layer. The biases begin with zeros. All eight require gradients.
# Each call draws anew, so set no seed in the function.


# %%
def init_params():
    """Make the parameters of the network.

    Returns:
        The list [K1, b1, K2, b2, W3, b3, W4, b4] of tensors that require gradients: kernels and
        weights from N(0, 2 / m), m being the number of inputs of one output number, and biases of
        zeros.
    """
    ### BEGIN SOLUTION
    params = []
    for shape, inputs, outputs in [
        ((6, 1, 5, 5), 1 * 5 * 5, 6),
        ((16, 6, 5, 5), 6 * 5 * 5, 16),
        ((400, 84), 400, 84),
        ((84, 10), 84, 10),
    ]:
        params.append(torch.randn(shape) * (2 / inputs) ** 0.5)
        params.append(torch.zeros(outputs))
    return [param.requires_grad_() for param in params]
    ### END SOLUTION


# %%
torch.manual_seed(0)
params = init_params()
for param in params:
    print(tuple(param.shape), round(param.std().item(), 3))
# expected: standard deviations of about .283, 0, .115, 0, .071, 0, .154, 0

# %% [markdown]
# ## 8. `lenet(X, params)`
#
# Now put the layers of the table together. A bias of a convolution is one number for each
# *channel*: `b.reshape(-1, 1, 1)` stands along the channels of (n, o, h, w). After the last layer
# there is no ReLU: its ten numbers are scores (logits).


# %%
def lenet(X, params):
    """The scores of a batch of images.

    Args:
        X: a float tensor of shape (n, 1, 28, 28).
        params: the list [K1, b1, K2, b2, W3, b3, W4, b4], as init_params makes it.

    Returns:
        A tensor of shape (n, 10).
    """
    ### BEGIN SOLUTION
    K1, b1, K2, b2, W3, b3, W4, b4 = params
    H = torch.relu(conv2d(X, K1, padding=2) + b1.reshape(-1, 1, 1))
    H = pool2d(H, 2)
    H = torch.relu(conv2d(H, K2) + b2.reshape(-1, 1, 1))
    H = pool2d(H, 2)
    H = torch.relu(H.flatten(1) @ W3 + b3)
    return H @ W4 + b4
    ### END SOLUTION


# %%
print(lenet(X_train[:2], params).shape)
# expected: torch.Size([2, 10])

# %% [markdown]
# ## 9. `train(params, X, y, epochs, batch_size, lr)`
#
# In each epoch, go through all examples in batches, in a **new random order**; the last batch may
# be smaller. For each batch: the scores, their mean cross entropy (`nn.functional.cross_entropy`
# takes scores), its gradients, and the step `param -= lr * gradient` for each parameter, written by
# you instead of `torch.optim`. Then the gradients must be cleared.
#
# After each epoch note the **mean loss per example** of that epoch, as it was seen on the way. If
# the last batch has 2 examples and the others 4, its mean may not weigh as much as theirs.


# %%
def train(params, X, y, epochs, batch_size, lr):
    """Train the network by minibatch gradient descent.

    Args:
        params: the list of parameters; the function changes them.
        X: images, a float tensor of shape (n, 1, 28, 28).
        y: class numbers, an int64 tensor of shape (n,).
        epochs: how often all examples are gone through.
        batch_size: the number of examples of a batch; the last one may have fewer.
        lr: the learning rate.

    Returns:
        A list with the mean loss per example of each epoch, as numbers.
    """
    ### BEGIN SOLUTION
    history = []
    for _ in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(X)).split(batch_size):
            loss = nn.functional.cross_entropy(lenet(X[rows], params), y[rows])
            loss.backward()
            with torch.no_grad():
                for param in params:
                    param -= lr * param.grad
                    param.grad.zero_()
            total += loss.item() * len(rows)
        history.append(total / len(X))
    return history
    ### END SOLUTION


# %%
torch.manual_seed(0)
params = init_params()
history = train(params, X_train[:2000], y_train[:2000], epochs=2, batch_size=32, lr=0.1)
print(history)
# expected: about 1.2, then 0.7

# %% [markdown]
# ## 10. `evaluate(params, X, y, batch_size)`
#
# How many of the images does the network recognise? Go through them in batches, so that the memory
# suffices for any number of images, and divide the number of right answers by the number of images
# at the end. No gradients are needed here: `with torch.no_grad():` saves time.


# %%
def evaluate(params, X, y, batch_size):
    """The accuracy of the network.

    Args:
        params: the list of parameters, which stay as they are.
        X: images, a float tensor of shape (n, 1, 28, 28).
        y: class numbers, an int64 tensor of shape (n,).
        batch_size: the number of examples of a batch; the last one may have fewer.

    Returns:
        The fraction of right answers, a number from 0 to 1.
    """
    ### BEGIN SOLUTION
    right = 0
    with torch.no_grad():
        for images, labels in zip(X.split(batch_size), y.split(batch_size)):
            right += (lenet(images, params).argmax(1) == labels).sum().item()
    return right / len(X)
    ### END SOLUTION


# %%
print(evaluate(params, X_test[:400], y_test[:400], batch_size=150))
# expected: about 0.7; it takes more examples and epochs to get to 0.85

# %% [markdown]
# ## What has it learnt?
#
# Six kernels of 5 x 5 weights are all that the network sees of the pixels. Look at them, and at
# what they make of a boot: some answer to edges, some to areas.

# %%
K1, b1 = params[0], params[1]
maps = conv2d(image, K1, padding=2) + b1.reshape(-1, 1, 1)
show(list(K1[:, 0]), [f"kernel {number}" for number in range(6)])
show(list(maps[0]), [f"its map {number}" for number in range(6)])

# %% [markdown]
# And where it is wrong? Mostly where you might be, too.

# %%
names = [
    "t-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "boot",
]
with torch.no_grad():
    guesses = lenet(X_test[:100], params).argmax(1)
wrong = (guesses != y_test[:100]).nonzero().flatten()[:6].tolist()
show(
    [X_test[i, 0] for i in wrong],
    [f"{names[y_test[i]]}, not {names[guesses[i]]}" for i in wrong],
)
