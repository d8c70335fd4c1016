"""Typical wrong versions of single stubs, each with the sentence a student should read.

Read by grader.misconceptions.load, never run. An entry is appended to the solution, so the names
of the solution (random, data, nn, data_iter, sgd, …) are there.
"""

import random

import torch
from torch import nn
from torch.utils import data

from grader.course.misconceptions import misconception, patch

# synthetic_data


@misconception(
    "synthetic_data",
    "There is no noise. Add a draw from N(0, 0.1) to every label.",
)
def data_without_noise(w, b, count):
    X = torch.normal(0, 1, (count, len(w)))
    return X, (torch.matmul(X, w) + b).reshape((-1, 1))


@misconception(
    "synthetic_data",
    "The standard deviation of the noise is 0.01. In this course it is 0.1.",
)
def data_with_little_noise(w, b, count):
    X = torch.normal(0, 1, (count, len(w)))
    y = torch.matmul(X, w) + b
    y += torch.normal(0, 0.01, y.shape)
    return X, y.reshape((-1, 1))


@misconception(
    "synthetic_data",
    "0.1 is taken for the variance of the noise. It is the standard deviation: "
    "torch.normal(0, 0.1, y.shape).",
)
def data_with_variance(w, b, count):
    X = torch.normal(0, 1, (count, len(w)))
    y = torch.matmul(X, w) + b + 0.1**0.5 * torch.randn(count)
    return X, y.reshape((-1, 1))


@misconception(
    "synthetic_data",
    "The labels are a row of shape (count,). Make a column of them: y.reshape(-1, 1).",
)
def data_with_flat_labels(w, b, count):
    X = torch.normal(0, 1, (count, len(w)))
    y = torch.matmul(X, w) + b
    return X, y + torch.normal(0, 0.1, y.shape)


@misconception(
    "synthetic_data",
    "The features are uniform between 0 and 1 (torch.rand). Draw them from N(0, 1): torch.randn or "
    "torch.normal(0, 1, …).",
)
def data_from_rand(w, b, count):
    X = torch.rand(count, len(w))
    y = torch.matmul(X, w) + b
    return X, (y + torch.normal(0, 0.1, y.shape)).reshape((-1, 1))


@misconception(
    "synthetic_data",
    "The bias b is left out of the labels. Add it: Xw + b + noise.",
)
def data_without_bias(w, b, count):
    X = torch.normal(0, 1, (count, len(w)))
    y = torch.matmul(X, w)
    return X, (y + torch.normal(0, 0.1, y.shape)).reshape((-1, 1))


@misconception(
    "synthetic_data",
    "Every example has the same number in all its columns. Draw a matrix of shape (count, len(w)).",
)
def data_with_equal_columns(w, b, count):
    X = torch.normal(0, 1, (count, 1)).repeat(1, len(w))
    y = torch.matmul(X, w) + b
    return X, (y + torch.normal(0, 0.1, y.shape)).reshape((-1, 1))


@misconception(
    "synthetic_data",
    "Every call gives the same data, because the seed is set inside the function. Leave it out.",
)
def data_with_fixed_seed(w, b, count):
    torch.manual_seed(0)
    X = torch.normal(0, 1, (count, len(w)))
    y = torch.matmul(X, w) + b
    return X, (y + torch.normal(0, 0.1, y.shape)).reshape((-1, 1))


# data_iter


@misconception(
    "data_iter",
    "The order is that of the data. Shuffle the indices of all examples first.",
)
def iter_without_shuffle(batch_size, features, labels):
    for start in range(0, len(features), batch_size):
        yield features[start : start + batch_size], labels[start : start + batch_size]


@misconception(
    "data_iter",
    "The last batch is left out when it is smaller than the others. Give it too: every example "
    "counts.",
)
def iter_drops_last_batch(batch_size, features, labels):
    indices = list(range(len(features)))
    random.shuffle(indices)
    for start in range(0, len(features) - batch_size + 1, batch_size):
        batch = torch.tensor(indices[start : start + batch_size])
        yield features[batch], labels[batch]


@misconception(
    "data_iter",
    "One example of each batch is lost. The end of a slice is not part of it: do not subtract 1.",
)
def iter_loses_one_of_each_batch(batch_size, features, labels):
    indices = list(range(len(features)))
    random.shuffle(indices)
    for start in range(0, len(features), batch_size):
        end = min(start + batch_size, len(features))
        batch = torch.tensor(indices[start : max(end - 1, start)], dtype=torch.long)
        yield features[batch], labels[batch]


@misconception(
    "data_iter",
    "Examples are drawn with repetition, so some come twice and others never. Shuffle the indices "
    "of all examples and go through them once.",
)
def iter_with_repetition(batch_size, features, labels):
    for start in range(0, len(features), batch_size):
        size = min(batch_size, len(features) - start)
        batch = torch.randint(0, len(features), (size,))
        yield features[batch], labels[batch]


@misconception(
    "data_iter",
    "Only one batch comes: the yield stands behind the loop, or the function returns in it. "
    "Yield inside the loop.",
)
def iter_gives_one_batch(batch_size, features, labels):
    indices = list(range(len(features)))
    random.shuffle(indices)
    batch = torch.tensor(indices[:batch_size])
    yield features[batch], labels[batch]


@misconception(
    "data_iter",
    "Only the examples within each batch are shuffled. Shuffle all examples, then cut them into "
    "batches.",
)
def iter_shuffles_within_batches(batch_size, features, labels):
    for start in range(0, len(features), batch_size):
        batch = start + torch.randperm(min(batch_size, len(features) - start))
        yield features[batch], labels[batch]


@misconception(
    "data_iter",
    "Only the batches come in random order, each holds neighbours. Shuffle all examples, then cut "
    "them into batches.",
)
def iter_shuffles_batches(batch_size, features, labels):
    starts = list(range(0, len(features), batch_size))
    whole, rest = starts[: len(features) // batch_size], starts[len(features) // batch_size :]
    random.shuffle(whole)
    for start in [*whole, *rest]:
        yield features[start : start + batch_size], labels[start : start + batch_size]


@misconception(
    "data_iter",
    "Features and labels are shuffled separately, so the labels belong to other examples. Use the "
    "same indices for both.",
)
def iter_separates_labels(batch_size, features, labels):
    order, other = torch.randperm(len(features)), torch.randperm(len(features))
    for start in range(0, len(features), batch_size):
        end = start + batch_size
        yield features[order[start:end]], labels[other[start:end]]


# linreg


@misconception("linreg", "The bias is left out. The prediction is Xw + b.")
def linreg_without_bias(X, w, b):
    return torch.matmul(X, w)


@misconception(
    "linreg",
    "X and w are multiplied element by element. The prediction needs the matrix product: "
    "torch.matmul(X, w) or X @ w.",
)
def linreg_elementwise(X, w, b):
    return X * w.reshape(-1) + b


@misconception(
    "linreg",
    "The predictions have the shape (n,). Return a column of shape (n, 1), as the product with w "
    "gives it.",
)
def linreg_flat(X, w, b):
    return (torch.matmul(X, w) + b).reshape(-1)


@misconception("linreg", "The bias is subtracted. The prediction is Xw + b.")
def linreg_subtracts_bias(X, w, b):
    return torch.matmul(X, w) - b


# squared_loss


@misconception("squared_loss", "The factor ½ is missing: the loss is (y_hat - y)² / 2.")
def squared_without_half(y_hat, y):
    return (y_hat - y.reshape(y_hat.shape)) ** 2


@misconception(
    "squared_loss",
    "This is the mean over the batch. Return one loss per example; whoever calls the function "
    "takes the sum or the mean.",
)
def squared_mean(y_hat, y):
    return ((y_hat - y.reshape(y_hat.shape)) ** 2 / 2).mean()


@misconception(
    "squared_loss",
    "This is the sum over the batch. Return one loss per example; whoever calls the function "
    "takes the sum or the mean.",
)
def squared_sum(y_hat, y):
    return ((y_hat - y.reshape(y_hat.shape)) ** 2 / 2).sum()


@misconception(
    "squared_loss",
    "The losses are divided by the number of examples already. sgd divides by the batch size; here "
    "it is (y_hat - y)² / 2.",
)
def squared_divided_by_n(y_hat, y):
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2 / len(y)


@misconception(
    "squared_loss",
    "Labels of shape (n,) against predictions of shape (n, 1) give a matrix of shape (n, n). Write "
    "y.reshape(y_hat.shape).",
)
def squared_without_reshape(y_hat, y):
    return (y_hat - y) ** 2 / 2


@misconception("squared_loss", "The residual is not squared: the loss is (y_hat - y)² / 2.")
def squared_not_squared(y_hat, y):
    return (y_hat - y.reshape(y_hat.shape)) / 2


# absolute_loss


@misconception(
    "absolute_loss",
    "The sign is still there, so errors of both signs cancel out. Take the absolute value.",
)
def absolute_with_sign(y_hat, y):
    return y_hat - y.reshape(y_hat.shape)


@misconception("absolute_loss", "There is no factor ½ in the absolute loss: it is |y_hat - y|.")
def absolute_halved(y_hat, y):
    return (y_hat - y.reshape(y_hat.shape)).abs() / 2


@misconception(
    "absolute_loss",
    "This is the mean over the batch. Return one loss per example.",
)
def absolute_mean(y_hat, y):
    return (y_hat - y.reshape(y_hat.shape)).abs().mean()


@misconception(
    "absolute_loss",
    "Labels of shape (n,) against predictions of shape (n, 1) give a matrix of shape (n, n). Write "
    "y.reshape(y_hat.shape).",
)
def absolute_without_reshape(y_hat, y):
    return (y_hat - y).abs()


@misconception(
    "absolute_loss",
    "The residual is cut off at 0 instead of made positive: half of the errors do not count. Take "
    "the absolute value.",
)
def absolute_one_sided(y_hat, y):
    return (y_hat - y.reshape(y_hat.shape)).clamp(min=0)


# huber_loss


@misconception(
    "huber_loss",
    "The line is too high, so the loss jumps at delta. Beyond delta it is "
    "delta * (|r| - delta / 2).",
)
def huber_with_a_jump(y_hat, y, delta=1.0):
    distance = (y_hat - y.reshape(y_hat.shape)).abs()
    return torch.where(distance <= delta, distance**2 / 2, delta * distance)


@misconception(
    "huber_loss",
    "delta is not used: the loss always turns at 1. Use the argument in both places.",
)
def huber_ignores_delta(y_hat, y, delta=1.0):
    distance = (y_hat - y.reshape(y_hat.shape)).abs()
    return torch.where(distance <= 1, distance**2 / 2, distance - 0.5)


@misconception(
    "huber_loss",
    "The parabola and the line are in each other's place. The loss is squared near 0 and a line "
    "beyond delta.",
)
def huber_swapped(y_hat, y, delta=1.0):
    distance = (y_hat - y.reshape(y_hat.shape)).abs()
    return torch.where(distance > delta, distance**2 / 2, delta * (distance - delta / 2))


@misconception(
    "huber_loss",
    "Negative residuals always take the parabola. Compare the absolute value of the residual with "
    "delta.",
)
def huber_without_absolute_value(y_hat, y, delta=1.0):
    r = y_hat - y.reshape(y_hat.shape)
    return torch.where(r <= delta, r**2 / 2, delta * (r - delta / 2))


@misconception(
    "huber_loss",
    "The factor ½ of the parabola is missing: up to delta the loss is r² / 2.",
)
def huber_without_half(y_hat, y, delta=1.0):
    distance = (y_hat - y.reshape(y_hat.shape)).abs()
    return torch.where(distance <= delta, distance**2, delta * (distance - delta / 2))


@misconception(
    "huber_loss",
    "This is the smooth L1 loss, which is the Huber loss divided by delta. Near 0 the loss is "
    "r² / 2 for any delta.",
)
def huber_divided_by_delta(y_hat, y, delta=1.0):
    distance = (y_hat - y.reshape(y_hat.shape)).abs()
    return torch.where(distance < delta, distance**2 / 2 / delta, distance - delta / 2)


@misconception(
    "huber_loss",
    "Labels of shape (n,) against predictions of shape (n, 1) give a matrix of shape (n, n). Write "
    "y.reshape(y_hat.shape).",
)
def huber_without_reshape(y_hat, y, delta=1.0):
    distance = (y_hat - y).abs()
    return torch.where(distance <= delta, distance**2 / 2, delta * (distance - delta / 2))


@misconception("huber_loss", "This is the mean over the batch. Return one loss per example.")
def huber_mean(y_hat, y, delta=1.0):
    distance = (y_hat - y.reshape(y_hat.shape)).abs()
    return torch.where(distance <= delta, distance**2 / 2, delta * (distance - delta / 2)).mean()


# sgd


@misconception(
    "sgd",
    "The gradient is not divided by the batch size. It comes from the sum of the losses, so write "
    "lr * param.grad / batch_size.",
)
def sgd_without_batch_size(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad
            param.grad.zero_()


@misconception(
    "sgd",
    "The gradient is divided by a fixed number, 10. Divide by the argument batch_size.",
)
def sgd_fixed_batch_size(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / 10
            param.grad.zero_()


@misconception(
    "sgd",
    "The gradients are not cleared, so the next backward() adds to them. Set them to zero after "
    "the step: param.grad.zero_().",
)
def sgd_keeps_gradients(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size


@misconception(
    "sgd",
    "The step goes uphill: the parameters move with the gradient. Subtract it.",
)
def sgd_climbs(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param += lr * param.grad / batch_size
            param.grad.zero_()


@misconception(
    "sgd",
    "The parameters that were passed in stay as they were: param = param - … makes a new tensor. "
    "Change them in place with -=.",
)
def sgd_on_copies(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            step = lr * param.grad / batch_size
            param.grad.zero_()
            param = param - step


@misconception("sgd", "The learning rate is fixed at 0.03. Use the argument lr.")
def sgd_fixed_learning_rate(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param -= 0.03 * param.grad / batch_size
            param.grad.zero_()


# train


@misconception(
    "train",
    "backward() is called on the mean of the losses, and sgd divides by the batch size once more. "
    "Call it on their sum.",
)
def train_on_the_mean(net, loss, features, labels, w, b, lr, num_epochs, batch_size):
    history = []
    for _ in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            loss(net(X, w, b), y).mean().backward()
            sgd([w, b], lr, len(X))
        with torch.no_grad():
            history.append(float(loss(net(features, w, b), labels).mean()))
    return history


@misconception(
    "train",
    "The list holds the loss of the last batch. Compute the loss on all features and labels after "
    "the epoch.",
)
def train_notes_last_batch(net, loss, features, labels, w, b, lr, num_epochs, batch_size):
    history = []
    for _ in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            values = loss(net(X, w, b), y)
            values.sum().backward()
            sgd([w, b], lr, len(X))
        history.append(float(values.mean().detach()))
    return history


@misconception(
    "train",
    "The list holds the sum of the losses. Take their mean over all examples.",
)
def train_notes_sums(net, loss, features, labels, w, b, lr, num_epochs, batch_size):
    history = []
    for _ in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            loss(net(X, w, b), y).sum().backward()
            sgd([w, b], lr, len(X))
        with torch.no_grad():
            history.append(float(loss(net(features, w, b), labels).sum()))
    return history


@misconception(
    "train",
    "The loss is measured before the epoch. Train first, then compute it.",
)
def train_measures_too_early(net, loss, features, labels, w, b, lr, num_epochs, batch_size):
    history = []
    for _ in range(num_epochs):
        with torch.no_grad():
            history.append(float(loss(net(features, w, b), labels).mean()))
        for X, y in data_iter(batch_size, features, labels):
            loss(net(X, w, b), y).sum().backward()
            sgd([w, b], lr, len(X))
    return history


@misconception("train", "The bias is not learned. Give sgd both parameters: [w, b].")
def train_forgets_bias(net, loss, features, labels, w, b, lr, num_epochs, batch_size):
    history = []
    for _ in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            loss(net(X, w, b), y).sum().backward()
            sgd([w], lr, len(X))
        with torch.no_grad():
            history.append(float(loss(net(features, w, b), labels).mean()))
    return history


@misconception(
    "train",
    "sgd is called with the number of all examples. The gradients come from one batch: divide by "
    "the number of examples in it.",
)
def train_divides_by_all(net, loss, features, labels, w, b, lr, num_epochs, batch_size):
    history = []
    for _ in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            loss(net(X, w, b), y).sum().backward()
            sgd([w, b], lr, len(features))
        with torch.no_grad():
            history.append(float(loss(net(features, w, b), labels).mean()))
    return history


@misconception(
    "train",
    "train returns nothing. Collect the mean loss after each epoch in a list and return it.",
)
def train_returns_nothing(net, loss, features, labels, w, b, lr, num_epochs, batch_size):
    for _ in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            loss(net(X, w, b), y).sum().backward()
            sgd([w, b], lr, len(X))


@misconception(
    "train",
    "Only the loss of the last epoch is returned. Return a list with one number per epoch.",
)
def train_returns_last_epoch(net, loss, features, labels, w, b, lr, num_epochs, batch_size):
    for _ in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            loss(net(X, w, b), y).sum().backward()
            sgd([w, b], lr, len(X))
    with torch.no_grad():
        return float(loss(net(features, w, b), labels).mean())


@misconception(
    "train",
    "The net and the loss of the notebook are called instead of the arguments net and loss.",
)
def train_ignores_net(net, loss, features, labels, w, b, lr, num_epochs, batch_size):
    history = []
    for _ in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            squared_loss(linreg(X, w, b), y).sum().backward()
            sgd([w, b], lr, len(X))
        with torch.no_grad():
            history.append(float(squared_loss(linreg(features, w, b), labels).mean()))
    return history


# load_array


@misconception(
    "load_array",
    "The examples are never shuffled. Pass shuffle=is_train to the DataLoader.",
)
def loader_never_shuffles(data_arrays, batch_size, is_train=True):
    return data.DataLoader(data.TensorDataset(*data_arrays), batch_size)


@misconception(
    "load_array",
    "The examples are shuffled even with is_train=False. Pass shuffle=is_train to the DataLoader.",
)
def loader_always_shuffles(data_arrays, batch_size, is_train=True):
    return data.DataLoader(data.TensorDataset(*data_arrays), batch_size, shuffle=True)


@misconception(
    "load_array",
    "is_train means the opposite here: shuffle for training, keep the order otherwise.",
)
def loader_shuffles_for_testing(data_arrays, batch_size, is_train=True):
    return data.DataLoader(data.TensorDataset(*data_arrays), batch_size, shuffle=not is_train)


@misconception(
    "load_array",
    "The last batch is left out when it is smaller than the others. Do not use drop_last.",
)
def loader_drops_last(data_arrays, batch_size, is_train=True):
    dataset = data.TensorDataset(*data_arrays)
    return data.DataLoader(dataset, batch_size, shuffle=is_train, drop_last=True)


@misconception(
    "load_array",
    "The batches come only once: a generator is empty after its first walk. Return a DataLoader.",
)
def loader_is_exhausted(data_arrays, batch_size, is_train=True):
    return iter(data.DataLoader(data.TensorDataset(*data_arrays), batch_size, shuffle=is_train))


# make_net


@misconception(
    "make_net",
    "The weights are those that nn.Linear starts with. Draw them from N(0, 0.01): "
    "net[0].weight.data.normal_(0, 0.01).",
)
def net_with_default_weights():
    net = nn.Sequential(nn.Linear(2, 1))
    net[0].bias.data.fill_(0)
    return net


@misconception(
    "make_net",
    "0.01 is taken for the variance of the weights. It is the standard deviation.",
)
def net_with_variance():
    net = nn.Sequential(nn.Linear(2, 1))
    net[0].weight.data.normal_(0, 0.01**0.5)
    net[0].bias.data.fill_(0)
    return net


@misconception("make_net", "The bias is not set to 0: net[0].bias.data.fill_(0).")
def net_with_default_bias():
    net = nn.Sequential(nn.Linear(2, 1))
    net[0].weight.data.normal_(0, 0.01)
    return net


@misconception(
    "make_net",
    "The net has no bias. Leave out bias=False, and set the bias to 0.",
)
def net_without_bias():
    net = nn.Sequential(nn.Linear(2, 1, bias=False))
    net[0].weight.data.normal_(0, 0.01)
    return net


@misconception(
    "make_net",
    "There is a ReLU behind the linear layer, so no negative value is predicted. Leave it out.",
)
def net_with_relu():
    net = nn.Sequential(nn.Linear(2, 1), nn.ReLU())
    net[0].weight.data.normal_(0, 0.01)
    net[0].bias.data.fill_(0)
    return net


patch(
    "net_made_once",
    "make_net",
    "Every call returns the same net. Make a new one inside the function.",
    """
the_only_net = nn.Sequential(nn.Linear(2, 1))
the_only_net[0].weight.data.normal_(0, 0.01)
the_only_net[0].bias.data.fill_(0)


def make_net():
    return the_only_net
""",
)


# train_concise


@misconception(
    "train_concise",
    "The gradients are never cleared, so every step uses those of all batches before. Call "
    "trainer.zero_grad() for every batch.",
)
def concise_without_zero_grad(net, data_iter, loss, trainer, num_epochs, features, labels):
    history = []
    for _ in range(num_epochs):
        for X, y in data_iter:
            loss(net(X), y).backward()
            trainer.step()
        with torch.no_grad():
            history.append(float(loss(net(features), labels)))
    return history


@misconception(
    "train_concise",
    "zero_grad() stands between backward() and step(), so the step has no gradient. Call it before "
    "backward().",
)
def concise_zero_grad_too_late(net, data_iter, loss, trainer, num_epochs, features, labels):
    history = []
    for _ in range(num_epochs):
        for X, y in data_iter:
            loss(net(X), y).backward()
            trainer.zero_grad()
            trainer.step()
        with torch.no_grad():
            history.append(float(loss(net(features), labels)))
    return history


@misconception(
    "train_concise",
    "step() stands before backward(), so it uses the gradients of the batch before. The order is "
    "zero_grad(), backward(), step().",
)
def concise_steps_too_early(net, data_iter, loss, trainer, num_epochs, features, labels):
    history = []
    for _ in range(num_epochs):
        for X, y in data_iter:
            value = loss(net(X), y)
            trainer.step()
            trainer.zero_grad()
            value.backward()
        with torch.no_grad():
            history.append(float(loss(net(features), labels)))
    return history


@misconception(
    "train_concise",
    "The list holds the loss of the last batch. Compute the loss on all features and labels after "
    "the epoch.",
)
def concise_notes_last_batch(net, data_iter, loss, trainer, num_epochs, features, labels):
    history = []
    for _ in range(num_epochs):
        for X, y in data_iter:
            value = loss(net(X), y)
            trainer.zero_grad()
            value.backward()
            trainer.step()
        history.append(value.item())
    return history


@misconception(
    "train_concise",
    "Only the loss of the last epoch is returned. Return a list with one number per epoch.",
)
def concise_returns_last_epoch(net, data_iter, loss, trainer, num_epochs, features, labels):
    for _ in range(num_epochs):
        for X, y in data_iter:
            value = loss(net(X), y)
            trainer.zero_grad()
            value.backward()
            trainer.step()
    with torch.no_grad():
        return float(loss(net(features), labels))


@misconception(
    "train_concise",
    "train_concise returns nothing. Collect the loss after each epoch in a list and return it.",
)
def concise_returns_nothing(net, data_iter, loss, trainer, num_epochs, features, labels):
    for _ in range(num_epochs):
        for X, y in data_iter:
            value = loss(net(X), y)
            trainer.zero_grad()
            value.backward()
            trainer.step()
