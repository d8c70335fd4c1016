# %% [markdown]
# # Multilayer perceptron
#
# Softmax regression draws straight lines between the classes. A *multilayer perceptron* (MLP) puts
# layers in between, each followed by a function that is not linear, and can draw any line. In this
# notebook you build one for handwritten digits, twice: from tensors, and from the layers of
# `torch.nn`. You write the activation functions, and one loop for training and one for testing that
# work for every network, on the CPU and on a GPU.
#
# You fill in nine pieces, called *stubs*:
#
# | part | stubs |
# |---|---|
# | an MLP of tensors | `init_params`, `forward` |
# | activation functions | `relu`, `leaky_relu`, `selu`, `softplus` |
# | an MLP of layers | `MLP` |
# | learning | `train_epoch`, `evaluate` |
#
# **How to work.** Write your code where it says `YOUR CODE HERE` and delete the line that raises
# `NotImplementedError`. Every stub is followed by an example with its expected result and by a
# cell to try things out. Keep the names and the arguments. Apart from that the notebook is yours:
# add cells, print, plot.
#
# **What is checked.** Each stub is checked on its own, with small inputs and with the help of a
# correct version of the others. The checks put their own values in the place of `w1`, `b1`, `w2`,
# `b2`, `w3` and `b3`, of other sizes too: read them *when `forward` is called*. No check asks for
# more than what this text says.
#
# **What you may use.** Everything in PyTorch except the ready-made version of what a stub is
# there to build:
#
# | in this stub | do not use, in any spelling |
# |---|---|
# | `relu` | `relu` (`torch.relu`, `F.relu`, `nn.ReLU`, …) |
# | `leaky_relu` | `leaky_relu` (`F.leaky_relu`, `nn.LeakyReLU`, …) |
# | `selu` | `selu` and `elu` (`F.selu`, `nn.ELU`, …) |
# | `softplus` | `softplus` (`F.softplus`, `nn.Softplus`, …) |
#
# `exp`, `log`, `log1p`, `maximum`, `clamp`, `where` and the like are allowed. In all other stubs
# the ready-made functions are allowed too.
#
# **Shapes.** $n$ is the number of examples in a batch. The last batch of an epoch may be smaller
# than the others, so never assume a fixed batch size.

# %%
import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.utils import data

# %% [markdown]
# ## The data: MNIST
#
# MNIST holds 60,000 training and 10,000 test images of handwritten digits, each of $28 \times 28$
# grey pixels. The pixels are *normalised*: 0.1307 is their mean and 0.3081 their standard
# deviation, so that afterwards they have mean 0 and standard deviation 1. This part is given. The
# first call downloads the files to `../data`, or uses them if they are there.


# %%
def load_data_mnist(batch_size):
    """Load MNIST and return a pair of iterators: (training batches, test batches).

    Each batch is a pair (data, target): images of shape (n, 1, 28, 28), float32, and the digits
    of shape (n,), integers from 0 to 9. Only the training examples are shuffled.
    """
    import torchvision

    def batches(train):
        part = torchvision.datasets.MNIST(root="../data", train=train, download=True)
        images = (part.data.unsqueeze(1) / 255 - 0.1307) / 0.3081  # once for all epochs
        dataset = data.TensorDataset(images, part.targets)
        return data.DataLoader(dataset, batch_size, shuffle=train)

    return batches(train=True), batches(train=False)


def show_images(images, titles, columns=6):
    """Draw images of shape (n, 1, 28, 28) in rows of `columns`, with a title over each."""
    rows = (len(images) + columns - 1) // columns
    _, axes = plt.subplots(rows, columns, figsize=(1.5 * columns, 1.8 * rows), squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for ax, image, title in zip(axes.flat, images, titles):
        ax.imshow(image.reshape(28, 28), cmap="gray")
        ax.set_title(title, fontsize=9)
    plt.tight_layout()
    plt.show()


# %%
batch_size = 200
train_loader, test_loader = load_data_mnist(batch_size)

# %%
images, target = next(iter(test_loader))
print(images.shape, images.dtype, target.shape)
# expected: torch.Size([200, 1, 28, 28]) torch.float32 torch.Size([200])
show_images(images[:12], target[:12].tolist())

# %% [markdown]
# **Where to compute.** A network and its data must be on the same *device*. Writing `.cuda()` into
# the code makes it useless on a computer without a GPU. So choose the device once, and say
# `.to(device)` everywhere else.

# %%
device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
print(device)

# %% [markdown]
# ## 1. `init_params()`
#
# The network has three layers: 784 inputs, 200 hidden units, 200 hidden units, 10 outputs. A layer
# with $p$ inputs and $q$ outputs has a weight of shape $(q, p)$ and a bias of shape $(q,)$:
#
# | | shape | start |
# |---|---|---|
# | `w1`, `b1` | (200, 784), (200,) | Kaiming, zeros |
# | `w2`, `b2` | (200, 200), (200,) | Kaiming, zeros |
# | `w3`, `b3` | (10, 200), (10,) | Kaiming, zeros |
#
# *Kaiming* initialisation draws from a normal distribution with mean 0 and standard deviation
# $\sqrt{2 / p}$, where $p$ is the number of inputs of the layer: then the signal neither fades nor
# explodes on its way through layers with ReLU. In PyTorch it is `torch.nn.init.kaiming_normal_`,
# which works in place. All six tensors are float32 and **require gradients**.


# %%
def init_params():
    """Return the six parameters (w1, b1, w2, b2, w3, b3) of a new network.

    Returns:
        Six tensors that require gradients: weights of shapes (200, 784), (200, 200), (10, 200),
        drawn by kaiming_normal_, and biases of shapes (200,), (200,), (10,), all zero.

    Example:
        w1.std() is about 0.0505, that is sqrt(2 / 784); w2.std() is about 0.1.
    """
    ### BEGIN SOLUTION
    params = []
    for inputs, outputs in ((784, 200), (200, 200), (200, 10)):
        weight = torch.empty(outputs, inputs, requires_grad=True)
        nn.init.kaiming_normal_(weight)
        params += [weight, torch.zeros(outputs, requires_grad=True)]
    return tuple(params)
    ### END SOLUTION


# %%
w1, b1, w2, b2, w3, b3 = init_params()

# %%
print([tuple(p.shape) for p in (w1, b1, w2, b2, w3, b3)])
# expected: [(200, 784), (200,), (200, 200), (200,), (10, 200), (10,)]
print(f"{w1.std():.3f} {w2.std():.3f} {w3.std():.3f} {b1.abs().max():.1f} {w1.requires_grad}")
# expected: about 0.050, 0.100 and 0.100, then 0.0 and True

# %% [markdown]
# ## 2. `forward(x)`
#
# One layer is $x W^\top + b$, and after **every** layer, the last one included, comes a ReLU:
#
# $$h_1 = \operatorname{relu}(x W_1^\top + b_1), \quad
# h_2 = \operatorname{relu}(h_1 W_2^\top + b_2), \quad
# \hat{y} = \operatorname{relu}(h_2 W_3^\top + b_3)$$
#
# The last ReLU stands here because the document has it there. You will see below what it does.
# `torch.relu` may be used. Read the six parameters from the notebook when the function is called.


# %%
def forward(x):
    """Return the outputs of the network by w1, b1, w2, b2, w3, b3.

    Args:
        x: a batch of shape (n, p), where p is the number of inputs (columns of w1).

    Returns:
        A tensor of shape (n, c), c being the rows of w3; no element is negative.

    Example:
        forward(torch.zeros(3, 784)) is zero everywhere as long as all biases are zero.
    """
    ### BEGIN SOLUTION
    x = torch.relu(x @ w1.t() + b1)
    x = torch.relu(x @ w2.t() + b2)
    return torch.relu(x @ w3.t() + b3)
    ### END SOLUTION


# %%
print(forward(torch.zeros(3, 784)).abs().max())
# expected: 0.
logits = forward(images.reshape(-1, 784))
print(logits.shape, bool((logits >= 0).all()))
# expected: torch.Size([200, 10]) True

# %% [markdown]
# **Try it.** How many of the ten outputs are zero for all 200 images? Such an output has no
# gradient: if it stays zero for all images, it can never learn. With bad luck a network with this
# last ReLU never names one of the digits. Run the cell of `init_params` again and look how the
# number changes.

# %%
print(int((logits == 0).all(dim=0).sum()), "of 10 outputs are zero for all images")

# %% [markdown]
# ## 3. to 6. Activation functions
#
# Four functions that work element by element and keep the shape:
#
# $$\operatorname{relu}(x) = \max(0, x) \qquad
# \operatorname{leaky\_relu}(x) =
# \begin{cases} x & x \ge 0 \\ \text{negative\_slope} \cdot x & x < 0 \end{cases}$$
#
# $$\operatorname{selu}(x) =
# \lambda \begin{cases} x & x > 0 \\ \alpha (e^x - 1) & x \le 0 \end{cases} \qquad
# \operatorname{softplus}(x) = \ln(1 + e^x)$$
#
# with $\lambda = 1.0507009873554805$ and $\alpha = 1.6732632423543772$. They take tensors of any
# shape, float32 or float64, and gradients flow through them. They return a **new** tensor: `x`
# stays as it is. Inputs from −50 to 50 are checked.
#
# `leaky_relu` lets a little of the negative side through, so its units never die. `selu` keeps mean
# and variance of the signal near 0 and 1. `softplus` is a smooth `relu`.


# %%
def relu(x):
    """Return max(0, x), element by element.

    Example:
        relu(torch.tensor([-2.0, 0.0, 3.0])) is [0, 0, 3].
    """
    ### BEGIN SOLUTION
    return x.clamp(min=0)
    ### END SOLUTION


def leaky_relu(x, negative_slope=0.01):
    """Return x where it is positive and negative_slope * x elsewhere.

    Example:
        leaky_relu(torch.tensor([-2.0, 3.0])) is [-0.02, 3].
    """
    ### BEGIN SOLUTION
    return torch.where(x >= 0, x, negative_slope * x)
    ### END SOLUTION


def selu(x):
    """Return the scaled exponential linear unit of x.

    Example:
        selu(torch.tensor([-1.0, 0.0, 1.0])) is about [-1.1113, 0, 1.0507].
    """
    ### BEGIN SOLUTION
    scale, alpha = 1.0507009873554805, 1.6732632423543772
    return scale * torch.where(x > 0, x, alpha * (torch.exp(x.clamp(max=0)) - 1))
    ### END SOLUTION


def softplus(x):
    """Return ln(1 + e^x), element by element.

    Example:
        softplus(torch.tensor([0.0, 3.0])) is about [0.6931, 3.0486].
    """
    ### BEGIN SOLUTION
    return x.clamp(min=0) + torch.log1p(torch.exp(-x.abs()))  # no large exponent on either side
    ### END SOLUTION


# %%
x = torch.tensor([-2.0, -1.0, 0.0, 1.0, 3.0])
for function in (relu, leaky_relu, selu, softplus):
    print(f"{function.__name__:10}", function(x))
# expected: relu [0, 0, 0, 1, 3], leaky_relu [-0.02, -0.01, 0, 1, 3],
# selu [-1.5202, -1.1113, 0, 1.0507, 3.1521], softplus [0.1269, 0.3133, 0.6931, 1.3133, 3.0486]

# %%
grid = torch.linspace(-4, 4, 161)
plt.figure(figsize=(5, 3.5))
for function, style in zip((relu, leaky_relu, selu, softplus), ("-", "--", "-.", ":"), strict=True):
    plt.plot(grid, function(grid), style, label=function.__name__)
plt.legend()
plt.grid()
plt.show()

# %% [markdown]
# **Try it.** `leaky_relu` with a slope of 0.2 is easier to tell from `relu`. Which of the four
# curves have a corner? What is the gradient of `softplus`? You have met that function before.

# %%
print(leaky_relu(x, negative_slope=0.2))
x = torch.linspace(-4, 4, 5, requires_grad=True)
softplus(x).sum().backward()
print(x.grad)

# %% [markdown]
# ## 7. `class MLP`
#
# The same network from the layers of `torch.nn`: three `nn.Linear`, 784 → 200 → 200 → 10, with an
# activation after the first and after the second. After the third you may put the activation
# or leave it out: both count as correct. (The document puts it there; without it, or with
# LeakyReLU, no output can die.)
#
# The argument `activation` says which one, in one of three forms:
#
# - a name: `"relu"` (the default) or `"leaky_relu"`;
# - a class of modules without arguments, such as `nn.Tanh`;
# - a module, such as `nn.LeakyReLU(0.2)`.
#
# The function `make_activation` is given: it makes a module out of all three. `nn.ReLU()` is an
# *object* that you create once and then call; `F.relu` is the same as a function.
#
# The layers keep PyTorch's own initialisation, and nothing else in the class has parameters.


# %%
def make_activation(activation):
    """Return a module: by its name, made from its class, or the module itself."""
    if isinstance(activation, str):
        activation = {"relu": nn.ReLU, "leaky_relu": nn.LeakyReLU}[activation]
    return activation() if isinstance(activation, type) else activation


class MLP(nn.Module):
    """A multilayer perceptron with 784 inputs, two hidden layers of 200 units and 10 outputs.

    Args:
        activation: "relu", "leaky_relu", a class of modules or a module.

    Example:
        MLP("leaky_relu")(torch.zeros(5, 784)) has shape (5, 10).
    """

    def __init__(self, activation="relu"):
        super().__init__()
        ### BEGIN SOLUTION
        self.model = nn.Sequential(
            nn.Linear(784, 200),
            make_activation(activation),
            nn.Linear(200, 200),
            make_activation(activation),
            nn.Linear(200, 10),
        )
        ### END SOLUTION

    def forward(self, x):
        """Return the ten outputs for each row of x, which has shape (n, 784)."""
        ### BEGIN SOLUTION
        return self.model(x)
        ### END SOLUTION


# %%
net = MLP("leaky_relu")
print(net)
print(net(torch.zeros(5, 784)).shape)
# expected: torch.Size([5, 10])
print(sum(p.numel() for p in net.parameters()))
# expected: 199210

# %% [markdown]
# **Try it.** 199,210 parameters for an image of 784 pixels: where do they come from? Which layer
# has most of them?

# %%
for name, p in net.named_parameters():
    print(f"{name:20} {p.numel():7d}")

# %% [markdown]
# ## 8. `train_epoch(net, train_loader, criterion, optimizer, device)`
#
# One pass over the training data. Put the network into training mode (`net.train()`), and then for
# every batch:
#
# 1. move images and labels to `device` (the network is there already);
# 2. flatten the images from $(n, 1, 28, 28)$ to $(n, 784)$;
# 3. compute the outputs and the loss; `criterion(outputs, target)` is the **mean** over the batch;
# 4. clear the gradients, `backward()`, one step of the optimizer.
#
# Return the **mean loss per example**: the losses of all examples added up, divided by their
# number. A batch of $n_i$ examples with the mean loss $L_i$ has the sum $n_i L_i$:
#
# $$\text{loss} = \frac{\sum_i n_i L_i}{\sum_i n_i}$$
#
# All losses are those from before the step, the ones that you have anyway.


# %%
def train_epoch(net, train_loader, criterion, optimizer, device):
    """Train a network for one epoch and return the mean loss per example.

    Args:
        net: a torch.nn.Module that turns (n, 784) into outputs (n, c); it is on `device`.
        train_loader: an iterable of batches: images (n, 1, 28, 28) and target (n,); the last one
            may be smaller.
        criterion: a function of (outputs, target) that returns the mean loss of a batch.
        optimizer: a torch.optim.Optimizer of the network's parameters.
        device: where to compute, such as torch.device("cpu").

    Returns:
        One number: the sum of the losses of all examples, divided by their number.

    Example:
        Batch losses 0.5 (two examples) and 0.8 (one example): the result is 0.6.
    """
    ### BEGIN SOLUTION
    net.train()
    total, examples = 0.0, 0
    for images, target in train_loader:
        images, target = images.to(device), target.to(device)
        loss = criterion(net(images.reshape(len(images), -1)), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(target)
        examples += len(target)
    return total / examples
    ### END SOLUTION


# %%
# Three images in batches of 2 and 1. With a learning rate of 0 nothing changes, and the loss of a
# network with zero weights and two classes is ln 2.
tiny = nn.Linear(784, 2)
nn.init.zeros_(tiny.weight)
nn.init.zeros_(tiny.bias)
batches = [
    (torch.zeros(2, 1, 28, 28), torch.tensor([0, 1])),
    (torch.ones(1, 1, 28, 28), torch.tensor([0])),
]
still = torch.optim.SGD(tiny.parameters(), lr=0.0)
print(train_epoch(tiny, batches, nn.CrossEntropyLoss(), still, "cpu"))
# expected: 0.6931

# %% [markdown]
# **Try it.** With a learning rate above 0 the loss goes down from epoch to epoch.

# %%
sgd = torch.optim.SGD(tiny.parameters(), lr=0.001)
print([round(train_epoch(tiny, batches, nn.CrossEntropyLoss(), sgd, "cpu"), 3) for _ in range(5)])

# %% [markdown]
# ## 9. `evaluate(net, test_loader, criterion, device)`
#
# What is the network worth on data that it has not seen? Put it into evaluation mode
# (`net.eval()`), compute no gradients (`torch.no_grad()`), change nothing, and return two numbers:
#
# - the **mean loss per example**, as in `train_epoch`;
# - the **accuracy**: the fraction of images whose largest output is that of their digit.
#
# The program of the document adds up the *means* of the batches and divides by the number of
# *examples*. What it prints is therefore too small. By which factor, if all batches have 200
# examples? Do not copy this: the number of the document is not a mean loss.


# %%
def evaluate(net, test_loader, criterion, device):
    """Return the mean loss per example and the accuracy of a network.

    Args:
        net, criterion, device: as in train_epoch.
        test_loader: an iterable of batches: images (n, 1, 28, 28) and target (n,); the last one
            may be smaller.

    Returns:
        A pair of numbers (loss, accuracy): the sum of the losses of all examples divided by their
        number, and correct predictions divided by their number.

    Example:
        A network that is right for 3 of 4 images has the accuracy 0.75.
    """
    ### BEGIN SOLUTION
    net.eval()
    total, correct, examples = 0.0, 0, 0
    with torch.no_grad():
        for images, target in test_loader:
            images, target = images.to(device), target.to(device)
            outputs = net(images.reshape(len(images), -1))
            total += criterion(outputs, target).item() * len(target)
            correct += (outputs.argmax(dim=1) == target).sum().item()
            examples += len(target)
    return total / examples, correct / examples
    ### END SOLUTION


# %%
nn.init.zeros_(tiny.weight)
tiny.bias.data.copy_(torch.tensor([0.0, 1.0]))
print(evaluate(tiny, batches, nn.CrossEntropyLoss(), "cpu"))
# expected: about (0.9799, 0.3333); the mean of the batch means would be 1.0633

# %% [markdown]
# ### Watch it learn
#
# A training that goes wrong is seen long before it ends, if somebody looks. The `Monitor` shows
# what it is told in *windows*, while the network trains: here below the cell. It can also tell the
# page of a Visdom server, which you start in a terminal by `python -m visdom.server` and open at
# http://localhost:8097: write `Monitor("notebook", "visdom")`. If no server answers, it says so
# once, and the training goes on. Where the grader is not installed, test results are printed.

# %%
try:
    from grader.monitor import Monitor
except ImportError:

    class Monitor:
        """Prints the results on the test images."""

        def __init__(self, *backends):
            pass

        def line(self, step, window, **values):
            if window == "test":
                print(f"step {step}:", values)

        def pass_over(self, *values, **options):
            pass

        axes = images = text = close = pass_over

# %% [markdown]
# ### Now train
#
# Stochastic gradient descent with a learning rate of 0.01, five epochs. This takes about a quarter
# of a minute. On MNIST, with LeakyReLU, the training loss is about 0.31 after the fifth epoch and
# 0.23 after the tenth, the test accuracy about .92 and .94.
#
# Four windows show how it goes: `train_loss`, the loss of every batch; `test`, loss and accuracy
# after each epoch; `x`, the first test images; and `pred`, what the network takes them for.


# %%
def fit(net, num_epochs, monitor):
    """Train a network; return one (train loss, test loss, test accuracy) per epoch."""
    net = net.to(device)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    criterion = nn.CrossEntropyLoss().to(device)
    images, target = (part[:12] for part in next(iter(test_loader)))
    history, step = [], 0

    def watched(outputs, target):
        """The loss of a batch, as criterion gives it; the monitor hears of it."""
        nonlocal step
        step += 1
        loss = criterion(outputs, target)
        monitor.line(step, "train_loss", loss=loss.item())
        return loss

    monitor.axes("test", title="test loss&acc.", xlabel="batches", legend={"acc": "acc."})
    for _ in range(num_epochs):
        train_loss = train_epoch(net, train_loader, watched, optimizer, device)
        test_loss, accuracy = evaluate(net, test_loader, criterion, device)
        history.append((train_loss, test_loss, accuracy))
        monitor.line(step, "test", loss=test_loss, acc=accuracy)
        with torch.no_grad():
            predicted = net(images.reshape(len(images), -1).to(device)).argmax(dim=1)
        monitor.images(images, target, predicted)
        monitor.text(predicted.tolist())
    return history


net = MLP("leaky_relu")
monitor = Monitor()
history = fit(net, 5, monitor)
monitor.close()

print("epoch   train loss   test loss   test accuracy")
for epoch, values in enumerate(history, start=1):
    print("{:5d} {:12.4f} {:11.4f} {:15.4f}".format(epoch, *values))

# %%
epochs = range(1, len(history) + 1)
plt.figure(figsize=(5, 3.5))
names = ("train loss", "test loss", "test accuracy")
for values, style, name in zip(zip(*history, strict=True), ("-", "--", "-."), names, strict=True):
    plt.plot(epochs, values, style, label=name)
plt.xlabel("epoch")
plt.grid()
plt.legend()
plt.show()

# %%
images, target = next(iter(test_loader))
with torch.no_grad():
    predicted = net(images[:12].reshape(-1, 784).to(device)).argmax(dim=1)
show_images(images[:12], [f"{t}, says {p}" for t, p in zip(target.tolist(), predicted.tolist())])

# %% [markdown]
# **The network of tensors** learns by the same two functions: a small module that calls `forward`
# and knows the six parameters is enough. With the last ReLU its accuracy depends on luck. Over 40
# runs of ten epochs it was .898 on average, but .655 in the worst one, where outputs had died.


# %%
class LowLevel(nn.Module):
    """The six tensors and forward as a module."""

    def __init__(self):
        super().__init__()
        self.params = nn.ParameterList([w1, b1, w2, b2, w3, b3])

    def forward(self, x):
        return forward(x)


# %%
# Tensors of the notebook stay where they are, so this one trains on the CPU.
low_level = LowLevel()
optimizer = torch.optim.SGD([w1, b1, w2, b2, w3, b3], lr=0.01)
for _ in range(2):
    print(train_epoch(low_level, train_loader, nn.CrossEntropyLoss(), optimizer, "cpu"))
print(evaluate(low_level, test_loader, nn.CrossEntropyLoss(), "cpu"))

# %% [markdown]
# **Try it.** Count how often each digit is predicted. Is there one that is never named? Then
# compare `MLP(nn.ReLU)`, `MLP(nn.Tanh)` and `MLP(nn.LeakyReLU(0.2))`.

# %%
predicted = torch.cat([forward(images.reshape(-1, 784)).argmax(1) for images, _ in test_loader])
print(torch.bincount(predicted, minlength=10).tolist())

# %% [markdown]
# ## Check yourself
#
# This cell needs nothing but your notebook. It tests a part of what the grader tests, says what
# is wrong in each stub, and goes on.


# %%
def check_init_params():
    params = init_params()
    shapes = [tuple(p.shape) for p in params]
    assert shapes == [(200, 784), (200,), (200, 200), (200,), (10, 200), (10,)], shapes
    assert all(p.requires_grad for p in params), "all six must require gradients"
    assert abs(params[0].std() - 0.0505) < 0.002, f"w1 has standard deviation {params[0].std()}"


def check_forward():
    x = torch.rand(5, 784)
    result = forward(x)
    assert result.shape == (5, 10), f"the shape should be (5, 10), it is {tuple(result.shape)}"
    assert (result >= 0).all(), "after the last ReLU no output is negative"


def check_activations():
    x = torch.tensor([-2.0, 0.0, 3.0])
    for function, expected in (
        (relu, [0.0, 0.0, 3.0]),
        (leaky_relu, [-0.02, 0.0, 3.0]),
        (selu, [-1.5202, 0.0, 3.1521]),
        (softplus, [0.1269, 0.6931, 3.0486]),
    ):
        result = function(x)
        assert torch.allclose(result, torch.tensor(expected), atol=1e-3), (function, result)


def check_mlp():
    for activation in ("relu", "leaky_relu", nn.Tanh, nn.LeakyReLU(0.2)):
        result = MLP(activation)(torch.rand(3, 784))
        assert result.shape == (3, 10), f"the shape should be (3, 10), it is {tuple(result.shape)}"
    count = sum(p.numel() for p in MLP().parameters())
    assert count == 199210, f"there should be 199210 parameters, there are {count}"


def three_examples():
    net = nn.Linear(784, 2)
    nn.init.zeros_(net.weight)
    net.bias.data.copy_(torch.tensor([0.0, 1.0]))
    images = torch.zeros(3, 1, 28, 28)
    return net, [(images[:2], torch.tensor([1, 1])), (images[2:], torch.tensor([0]))]


def check_train_epoch():
    net, pairs = three_examples()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.0)
    loss = train_epoch(net, pairs, nn.CrossEntropyLoss(), optimizer, torch.device("cpu"))
    assert abs(float(loss) - 0.6466) < 1e-3, f"the loss should be 0.6466, it is {loss}"


def check_evaluate():
    net, pairs = three_examples()
    loss, accuracy = evaluate(net, pairs, nn.CrossEntropyLoss(), torch.device("cpu"))
    assert abs(float(loss) - 0.6466) < 1e-3, f"the loss should be 0.6466, it is {loss}"
    assert abs(float(accuracy) - 2 / 3) < 1e-6, f"2 of 3 are correct, the result is {accuracy}"
    assert not net.training, "evaluate should call net.eval()"


for test in (
    check_init_params,
    check_forward,
    check_activations,
    check_mlp,
    check_train_epoch,
    check_evaluate,
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
