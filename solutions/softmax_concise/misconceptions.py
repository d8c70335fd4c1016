"""Typical wrong versions of single stubs, each with the sentence a student should read.

Read by grader.course.misconceptions.load, never run. An entry is appended to the solution, so the
names of the solution (nn, data, accuracy, evaluate_accuracy, make_net, …) are there.
"""

import torch
from torch import nn

from grader.course.misconceptions import also, edit, misconception

# make_net


@misconception(
    "make_net",
    "There is a softmax at the end of the network. nn.CrossEntropyLoss expects logits and applies "
    "a softmax of its own: leave this one out, or the training loss stays near 1.7.",
)
def net_with_softmax():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10), nn.Softmax(dim=1))


@misconception(
    "make_net",
    "There is a log-softmax at the end of the network. It belongs to nn.NLLLoss, while "
    "nn.CrossEntropyLoss expects logits: leave it out.",
)
def net_with_log_softmax():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10), nn.LogSoftmax(dim=1))


@misconception(
    "make_net",
    "There is a sigmoid at the end of the network. The loss expects logits, which may be any "
    "numbers: end with the linear layer.",
)
def net_with_sigmoid():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10), nn.Sigmoid())


@misconception(
    "make_net",
    "There is a ReLU at the end of the network, which cuts off all negative logits. End with the "
    "linear layer.",
)
def net_with_relu():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10), nn.ReLU())


@misconception(
    "make_net",
    "The linear layer has no bias. Leave out bias=False.",
    needs="False",
)
def net_of_weights_only():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10, bias=False))


@misconception(
    "make_net",
    "There is a hidden layer. Softmax regression has a single linear layer, from 784 inputs to 10 "
    "outputs.",
)
def net_with_hidden_layer():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10), nn.Linear(10, 10))


@also("net_with_hidden_layer")
def net_with_256_hidden_units():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))


# The layers are made once, outside of the function.
@misconception(
    "make_net",
    "Every call returns the same layers, so a second network goes on where the first one stopped. "
    "Make the layers inside the function.",
)
def net_made_once(layers=nn.Sequential(nn.Flatten(), nn.Linear(784, 10))):  # noqa: B008
    return layers


# init_weights


@edit(
    "init_weights",
    "The standard deviation is 1. The second argument of nn.init.normal_ is the mean: write "
    "std=0.01.",
    ("std=0.01", "0.01"),
)
def init_with_unit_normal(): ...


@edit(
    "init_weights",
    "The standard deviation is 0.1, as if 0.01 were the variance. In this course N(0, 0.01) gives "
    "the standard deviation: std=0.01.",
    ("std=0.01", "std=0.1"),
)
def init_with_variance(): ...


@edit(
    "init_weights",
    "The weights of a linear layer stay as PyTorch has made them. Ask isinstance(m, nn.Linear), "
    "and change m.weight in place.",
    ("nn.init.normal_(m.weight, std=0.01)", "m.weights = torch.normal(0, 0.01, m.weight.shape)"),
)
def init_changes_nothing(): ...


@edit(
    "init_weights",
    "All weights are zero. Draw them from a normal distribution: nn.init.normal_ with std=0.01.",
    ("normal_(m.weight, std=0.01)", "zeros_(m.weight)"),
)
def init_with_zeros(): ...


@edit(
    "init_weights",
    "The weights come from a uniform distribution. Draw them from a normal one: nn.init.normal_.",
    ("normal_(m.weight, std=0.01)", "uniform_(m.weight, -0.01732, 0.01732)"),
)
def init_uniform(): ...


@also("init_uniform", ("normal_(m.weight, std=0.01)", "uniform_(m.weight, -0.01, 0.01)"))
def init_in_a_narrow_range(): ...


@edit(
    "init_weights",
    "This is the Xavier start. Here the standard deviation is 0.01: nn.init.normal_ with std=0.01.",
    ("normal_(m.weight, std=0.01)", "xavier_normal_(m.weight)"),
)
def init_xavier(): ...


@also("init_xavier", ("normal_(m.weight, std=0.01)", "xavier_uniform_(m.weight)"))
def init_xavier_uniform(): ...


@misconception(
    "init_weights",
    "Layers other than nn.Linear are changed as well. Ask isinstance(m, nn.Linear) first.",
)
def init_every_layer(m):
    if getattr(m, "weight", None) is not None:
        m.weight.data = torch.full_like(m.weight, 0.5)
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, std=0.01)


# make_loss


@misconception(
    "make_loss",
    "nn.NLLLoss expects logarithms of probabilities. For logits take nn.CrossEntropyLoss.",
)
def loss_of_log_probabilities():
    return lambda y_hat, y: nn.functional.nll_loss(
        y_hat, y if y.dim() == 1 else y.argmax(1), reduction="none"
    )


@also("loss_of_log_probabilities")
def loss_as_mean_of_log_probabilities():
    return lambda y_hat, y: nn.functional.nll_loss(y_hat, y if y.dim() == 1 else y.argmax(1))


@misconception(
    "make_loss",
    'The reduction is "sum", so every step is as many times too large as the batch has examples. '
    'Take "none" or "mean".',
)
def loss_as_sum():
    return nn.CrossEntropyLoss(reduction="sum")


@misconception(
    "make_loss",
    "A softmax is applied before nn.CrossEntropyLoss, which applies one itself. Give it the "
    "logits.",
)
def loss_after_softmax():
    ready_made = nn.CrossEntropyLoss(reduction="none")
    return lambda y_hat, y: ready_made(torch.softmax(y_hat, dim=1), y)


@also("loss_after_softmax")
def mean_loss_after_softmax():
    return lambda y_hat, y: nn.functional.cross_entropy(torch.softmax(y_hat, dim=1), y)


@misconception(
    "make_loss",
    "The labels are smoothed. Leave label_smoothing out.",
)
def loss_with_smoothing():
    return nn.CrossEntropyLoss(reduction="none", label_smoothing=0.1)


@also("loss_with_smoothing")
def mean_loss_with_smoothing():
    return nn.CrossEntropyLoss(label_smoothing=0.1)


@misconception(
    "make_loss",
    "This is the squared error against the one-hot labels. Take nn.CrossEntropyLoss.",
)
def loss_squared():
    def loss(y_hat, y):
        one_hot = nn.functional.one_hot(y, y_hat.shape[1]) if y.dim() == 1 else y
        return ((y_hat - one_hot) ** 2).mean(1)

    return loss


@also("loss_squared")
def loss_squared_of_the_batch():
    def loss(y_hat, y):
        one_hot = nn.functional.one_hot(y, y_hat.shape[1]) if y.dim() == 1 else y
        return ((y_hat - one_hot) ** 2).mean()

    return loss


# make_trainer


@misconception(
    "make_trainer",
    "The argument lr is not used: the learning rate is always 0.1. Pass it on: lr=lr.",
)
def trainer_with_fixed_rate(net, lr=0.1):
    return torch.optim.SGD(net.parameters(), lr=0.1)


@misconception(
    "make_trainer",
    "Only the weights are trained. Pass all parameters: net.parameters().",
)
def trainer_of_weights(net, lr=0.1):
    return torch.optim.SGD([p for p in net.parameters() if p.dim() > 1], lr=lr)


@misconception(
    "make_trainer",
    "The parameters of another network are trained. Use the argument: net.parameters().",
)
def trainer_of_another_net(net, lr=0.1):
    other = make_net()
    return torch.optim.SGD(other.parameters(), lr=lr)


@misconception(
    "make_trainer",
    "There is a momentum. Leave it out: plain gradient descent is asked for.",
)
def trainer_with_momentum(net, lr=0.1):
    return torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9)


@also("trainer_with_momentum", ("lr=lr", "lr=lr, momentum=0.5"))
def trainer_with_less_momentum(): ...


@misconception(
    "make_trainer",
    "There is a weight decay. Leave it out: plain gradient descent is asked for.",
)
def trainer_with_decay(net, lr=0.1):
    return torch.optim.SGD(net.parameters(), lr=lr, weight_decay=0.01)


@also("trainer_with_decay", ("lr=lr", "lr=lr, weight_decay=1e-3"))
def trainer_with_less_decay(): ...


@also("trainer_with_decay", ("lr=lr", "lr=lr, weight_decay=1e-4"))
def trainer_with_little_decay(): ...


@misconception(
    "make_trainer",
    "This is Adam. Take torch.optim.SGD.",
)
def trainer_adam(net, lr=0.1):
    return torch.optim.Adam(net.parameters(), lr=lr)


@misconception(
    "make_trainer",
    "The learning rate is 0.01 if none is given. The default is 0.1: lr=0.1.",
)
def trainer_with_small_default(net, lr=0.01):
    return torch.optim.SGD(net.parameters(), lr=lr)


# train


@edit(
    "train",
    "A softmax is applied before the loss, which applies one itself. Give the loss the logits, or "
    "the training loss stays near 1.7.",
    ("net(X)", "torch.softmax(net(X), dim=1)"),
)
def train_with_softmax(): ...


@edit(
    "train",
    'With the reduction "mean" the loss of a batch is added once and then divided by the number '
    "of examples, so it is far too small. Multiply it by the number of examples, len(y), first.",
    ("loss(y_hat, y).mean()", "loss(y_hat, y)"),
    ("cost.backward()", "cost.mean().backward()"),
    ("cost.item() * len(y)", "cost.detach().sum().item()"),
)
def train_divides_means(): ...


@edit(
    "train",
    "The training loss is the mean of the means of the batches, in which the examples of a smaller "
    "last batch count too much. Divide the sum of all losses by the number of examples.",
    ("X, y in train_iter", "batches, (X, y) in enumerate(train_iter, 1)"),
    ("cost.item() * len(y)", "cost.item()"),
    ("total / count", "total / batches"),
)
def train_mean_of_means(): ...


@edit(
    "train",
    "The training loss is that of the last batch only. Add up the losses of all examples.",
    ("total / count", "cost.item()"),
)
def train_loss_of_last_batch(): ...


@edit(
    "train",
    "The gradients are never cleared, so those of earlier batches are added in. Call "
    "trainer.zero_grad() before backward().",
    ("trainer.zero_grad()", ""),
)
def train_never_clears(): ...


@edit(
    "train",
    'With the reduction "none" the sum of the losses is differentiated, so the steps are too large '
    "by a factor of the batch size. Call backward() on the mean.",
    ("loss(y_hat, y).mean()", "loss(y_hat, y)"),
    ("cost.backward()", "cost.sum().backward()"),
    ("cost.item()", "cost.detach().mean().item()"),
)
def train_on_the_sum(): ...


@edit(
    "train",
    "The network is put into training mode once, before the first epoch, but evaluate_accuracy "
    "switches it off. Call net.train() at the start of every epoch.",
    ("net.train()", ""),
    ("for _ in range(num_epochs):", "net.train()\nfor _ in range(num_epochs):"),
)
def train_mode_only_once(): ...


@edit(
    "train",
    "The test accuracy is measured on the training data. Measure it on test_iter.",
    ("evaluate_accuracy(net, test_iter)", "evaluate_accuracy(net, train_iter)"),
)
def train_tests_on_training_data(): ...


@edit(
    "train",
    "The accuracies are numbers of correct predictions. Divide the training accuracy by the number "
    "of examples.",
    ("correct / count", "correct"),
)
def train_counts_correct(): ...


@edit(
    "train",
    "Only the triple of the last epoch is returned. Return a list with one triple per epoch.",
    ("return history", "return history[-1]"),
)
def train_gives_last_epoch(): ...
