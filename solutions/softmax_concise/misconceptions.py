"""Typical wrong versions of single stubs, each with the sentence a student should read.

Read by grader.misconceptions.load, never run. An entry is appended to the solution, so the names
of the solution (nn, data, accuracy, evaluate_accuracy, make_net, …) are there.
"""

import torch
from torch import nn

from grader.course.misconceptions import misconception

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


# The layers are made once, outside of the function.
@misconception(
    "make_net",
    "Every call returns the same layers, so a second network goes on where the first one stopped. "
    "Make the layers inside the function.",
)
def net_made_once(layers=nn.Sequential(nn.Flatten(), nn.Linear(784, 10))):  # noqa: B008
    return layers


# init_weights


@misconception(
    "init_weights",
    "The standard deviation is 1. The second argument of nn.init.normal_ is the mean: write "
    "std=0.01.",
)
def init_with_unit_normal(m):
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, 0.01)


@misconception(
    "init_weights",
    "The standard deviation is 0.1, as if 0.01 were the variance. In this course N(0, 0.01) gives "
    "the standard deviation: std=0.01.",
)
def init_with_variance(m):
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, std=0.1)


@misconception(
    "init_weights",
    "The weights of a linear layer stay as PyTorch has made them. Ask isinstance(m, nn.Linear), "
    "and change m.weight in place.",
)
def init_changes_nothing(m):
    if isinstance(m, nn.Linear):
        m.weights = torch.normal(0, 0.01, m.weight.shape)


@misconception(
    "init_weights",
    "All weights are zero. Draw them from a normal distribution: nn.init.normal_ with std=0.01.",
)
def init_with_zeros(m):
    if isinstance(m, nn.Linear):
        nn.init.zeros_(m.weight)


@misconception(
    "init_weights",
    "The weights come from a uniform distribution. Draw them from a normal one: nn.init.normal_.",
)
def init_uniform(m):
    if isinstance(m, nn.Linear):
        nn.init.uniform_(m.weight, -0.01732, 0.01732)


@misconception(
    "init_weights",
    "This is the Xavier start. Here the standard deviation is 0.01: nn.init.normal_ with std=0.01.",
)
def init_xavier(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_normal_(m.weight)


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


@misconception(
    "make_loss",
    "The labels are smoothed. Leave label_smoothing out.",
)
def loss_with_smoothing():
    return nn.CrossEntropyLoss(reduction="none", label_smoothing=0.1)


@misconception(
    "make_loss",
    "This is the squared error against the one-hot labels. Take nn.CrossEntropyLoss.",
)
def loss_squared():
    def loss(y_hat, y):
        one_hot = nn.functional.one_hot(y, y_hat.shape[1]) if y.dim() == 1 else y
        return ((y_hat - one_hot) ** 2).mean(1)

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


@misconception(
    "make_trainer",
    "There is a weight decay. Leave it out: plain gradient descent is asked for.",
)
def trainer_with_decay(net, lr=0.1):
    return torch.optim.SGD(net.parameters(), lr=lr, weight_decay=0.01)


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


@misconception(
    "train",
    "A softmax is applied before the loss, which applies one itself. Give the loss the logits, or "
    "the training loss stays near 1.7.",
)
def train_with_softmax(net, train_iter, test_iter, loss, num_epochs, trainer):
    history = []
    for _ in range(num_epochs):
        net.train()
        total, correct, count = 0.0, 0.0, 0
        for X, y in train_iter:
            y_hat = torch.softmax(net(X), dim=1)
            cost = loss(y_hat, y).mean()
            trainer.zero_grad()
            cost.backward()
            trainer.step()
            total += cost.item() * len(y)
            correct += accuracy(y_hat, y)
            count += len(y)
        history.append((total / count, correct / count, evaluate_accuracy(net, test_iter)))
    return history


@misconception(
    "train",
    'With the reduction "mean" the loss of a batch is added once and then divided by the number '
    "of examples, so it is far too small. Multiply it by the number of examples, len(y), first.",
)
def train_divides_means(net, train_iter, test_iter, loss, num_epochs, trainer):
    history = []
    for _ in range(num_epochs):
        net.train()
        total, correct, count = 0.0, 0.0, 0
        for X, y in train_iter:
            y_hat = net(X)
            losses = loss(y_hat, y)
            trainer.zero_grad()
            losses.mean().backward()
            trainer.step()
            total += losses.detach().sum().item()
            correct += accuracy(y_hat, y)
            count += len(y)
        history.append((total / count, correct / count, evaluate_accuracy(net, test_iter)))
    return history


@misconception(
    "train",
    "The training loss is the mean of the means of the batches, in which the examples of a smaller "
    "last batch count too much. Divide the sum of all losses by the number of examples.",
)
def train_mean_of_means(net, train_iter, test_iter, loss, num_epochs, trainer):
    history = []
    for _ in range(num_epochs):
        net.train()
        costs, correct, count = [], 0.0, 0
        for X, y in train_iter:
            y_hat = net(X)
            cost = loss(y_hat, y).mean()
            trainer.zero_grad()
            cost.backward()
            trainer.step()
            costs.append(cost.item())
            correct += accuracy(y_hat, y)
            count += len(y)
        mean = sum(costs) / len(costs)
        history.append((mean, correct / count, evaluate_accuracy(net, test_iter)))
    return history


@misconception(
    "train",
    "The training loss is that of the last batch only. Add up the losses of all examples.",
)
def train_loss_of_last_batch(net, train_iter, test_iter, loss, num_epochs, trainer):
    history = []
    for _ in range(num_epochs):
        net.train()
        correct, count = 0.0, 0
        for X, y in train_iter:
            y_hat = net(X)
            cost = loss(y_hat, y).mean()
            trainer.zero_grad()
            cost.backward()
            trainer.step()
            correct += accuracy(y_hat, y)
            count += len(y)
        history.append((cost.item(), correct / count, evaluate_accuracy(net, test_iter)))
    return history


@misconception(
    "train",
    "The gradients are never cleared, so those of earlier batches are added in. Call "
    "trainer.zero_grad() before backward().",
)
def train_never_clears(net, train_iter, test_iter, loss, num_epochs, trainer):
    history = []
    for _ in range(num_epochs):
        net.train()
        total, correct, count = 0.0, 0.0, 0
        for X, y in train_iter:
            y_hat = net(X)
            cost = loss(y_hat, y).mean()
            cost.backward()
            trainer.step()
            total += cost.item() * len(y)
            correct += accuracy(y_hat, y)
            count += len(y)
        history.append((total / count, correct / count, evaluate_accuracy(net, test_iter)))
    return history


@misconception(
    "train",
    'With the reduction "none" the sum of the losses is differentiated, so the steps are too large '
    "by a factor of the batch size. Call backward() on the mean.",
)
def train_on_the_sum(net, train_iter, test_iter, loss, num_epochs, trainer):
    history = []
    for _ in range(num_epochs):
        net.train()
        total, correct, count = 0.0, 0.0, 0
        for X, y in train_iter:
            y_hat = net(X)
            losses = loss(y_hat, y)
            trainer.zero_grad()
            losses.sum().backward()
            trainer.step()
            total += losses.detach().mean().item() * len(y)
            correct += accuracy(y_hat, y)
            count += len(y)
        history.append((total / count, correct / count, evaluate_accuracy(net, test_iter)))
    return history


@misconception(
    "train",
    "The network is put into training mode once, before the first epoch, but evaluate_accuracy "
    "switches it off. Call net.train() at the start of every epoch.",
)
def train_mode_only_once(net, train_iter, test_iter, loss, num_epochs, trainer):
    history = []
    net.train()
    for _ in range(num_epochs):
        total, correct, count = 0.0, 0.0, 0
        for X, y in train_iter:
            y_hat = net(X)
            cost = loss(y_hat, y).mean()
            trainer.zero_grad()
            cost.backward()
            trainer.step()
            total += cost.item() * len(y)
            correct += accuracy(y_hat, y)
            count += len(y)
        history.append((total / count, correct / count, evaluate_accuracy(net, test_iter)))
    return history


@misconception(
    "train",
    "The test accuracy is measured on the training data. Measure it on test_iter.",
)
def train_tests_on_training_data(net, train_iter, test_iter, loss, num_epochs, trainer):
    history = []
    for _ in range(num_epochs):
        net.train()
        total, correct, count = 0.0, 0.0, 0
        for X, y in train_iter:
            y_hat = net(X)
            cost = loss(y_hat, y).mean()
            trainer.zero_grad()
            cost.backward()
            trainer.step()
            total += cost.item() * len(y)
            correct += accuracy(y_hat, y)
            count += len(y)
        history.append((total / count, correct / count, evaluate_accuracy(net, train_iter)))
    return history


@misconception(
    "train",
    "The accuracies are numbers of correct predictions. Divide the training accuracy by the number "
    "of examples.",
)
def train_counts_correct(net, train_iter, test_iter, loss, num_epochs, trainer):
    history = []
    for _ in range(num_epochs):
        net.train()
        total, correct, count = 0.0, 0.0, 0
        for X, y in train_iter:
            y_hat = net(X)
            cost = loss(y_hat, y).mean()
            trainer.zero_grad()
            cost.backward()
            trainer.step()
            total += cost.item() * len(y)
            correct += accuracy(y_hat, y)
            count += len(y)
        history.append((total / count, correct, evaluate_accuracy(net, test_iter)))
    return history


@misconception(
    "train",
    "Only the triple of the last epoch is returned. Return a list with one triple per epoch.",
)
def train_gives_last_epoch(net, train_iter, test_iter, loss, num_epochs, trainer):
    for _ in range(num_epochs):
        net.train()
        total, correct, count = 0.0, 0.0, 0
        for X, y in train_iter:
            y_hat = net(X)
            cost = loss(y_hat, y).mean()
            trainer.zero_grad()
            cost.backward()
            trainer.step()
            total += cost.item() * len(y)
            correct += accuracy(y_hat, y)
            count += len(y)
    return total / count, correct / count, evaluate_accuracy(net, test_iter)
