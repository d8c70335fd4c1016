"""Typical wrong versions of single stubs, each with the sentence a student should read.

Read by grader.course.misconceptions.load, never run. An entry is appended to the solution, so the
names of the solution (random, data, nn, data_iter, sgd, …) are there.
"""

import random

import torch
from torch.utils import data

from grader.course.misconceptions import also, edit, misconception, patch

# synthetic_data


@edit(
    "synthetic_data",
    "There is no noise. Add a draw from N(0, 0.1) to every label.",
    ("y += torch.normal(0, 0.1, y.shape)", ""),
)
def data_without_noise(): ...


@edit(
    "synthetic_data",
    "The standard deviation of the noise is 0.01. In this course it is 0.1.",
    ("normal(0, 0.1, y.shape)", "normal(0, 0.01, y.shape)"),
)
def data_with_little_noise(): ...


@edit(
    "synthetic_data",
    "0.1 is taken for the variance of the noise. It is the standard deviation: "
    "torch.normal(0, 0.1, y.shape).",
    ("normal(0, 0.1, y.shape)", "normal(0, 0.1**0.5, y.shape)"),
)
def data_with_variance(): ...


@edit(
    "synthetic_data",
    "The labels are a row of shape (count,). Make a column of them: y.reshape(-1, 1).",
    ("y.reshape((-1, 1))", "y"),
)
def data_with_flat_labels(): ...


@edit(
    "synthetic_data",
    "The features are uniform between 0 and 1 (torch.rand). Draw them from N(0, 1): torch.randn or "
    "torch.normal(0, 1, …).",
    ("torch.normal(0, 1, (count, len(w)))", "torch.rand(count, len(w))"),
)
def data_from_rand(): ...


@edit(
    "synthetic_data",
    "The bias b is left out of the labels. Add it: Xw + b + noise.",
    ("torch.matmul(X, w) + b", "torch.matmul(X, w)"),
)
def data_without_bias(): ...


@edit(
    "synthetic_data",
    "Every example has the same number in all its columns. Draw a matrix of shape (count, len(w)).",
    ("normal(0, 1, (count, len(w)))", "normal(0, 1, (count, 1)).repeat(1, len(w))"),
)
def data_with_equal_columns(): ...


@edit(
    "synthetic_data",
    "Every call gives the same data, because the seed is set inside the function. Leave it out.",
    ("X = torch.normal", "torch.manual_seed(0)\nX = torch.normal"),
    needs="seed",
)
def data_with_fixed_seed(): ...


# data_iter


@edit(
    "data_iter",
    "The order is that of the data. Shuffle the indices of all examples first.",
    ("random.shuffle(indices)", ""),
)
def iter_without_shuffle(): ...


@edit(
    "data_iter",
    "The last batch is left out when it is smaller than the others. Give it too: every example "
    "counts.",
    ("len(features), batch_size", "len(features) - batch_size + 1, batch_size"),
)
def iter_drops_last_batch(): ...


@edit(
    "data_iter",
    "One example of each batch is lost. The end of a slice is not part of it: do not subtract 1.",
    ("start + batch_size])", "start + batch_size][:-1], dtype=torch.long)"),
    needs=r"-\s*1",
)
def iter_loses_one_of_each_batch(): ...


@also("iter_loses_one_of_each_batch", ("start + batch_size]", "start + batch_size - 1]"))
def iter_loses_one_of_each_whole_batch(): ...


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


@edit(
    "data_iter",
    "Only one batch comes: the yield stands behind the loop, or the function returns in it. "
    "Yield inside the loop.",
    ("yield features[batch], labels[batch]", "yield features[batch], labels[batch]\nreturn"),
)
def iter_gives_one_batch(): ...


@also("iter_gives_one_batch", ("    yield features", "yield features"))
def iter_gives_last_batch(): ...


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


@also("iter_shuffles_batches")
def iter_shuffles_batches_and_rest(batch_size, features, labels):
    parts = list(zip(features.split(batch_size), labels.split(batch_size)))
    random.shuffle(parts)
    yield from parts


@misconception(
    "data_iter",
    "Features and labels are shuffled separately, so the labels belong to other examples. Use the "
    "same indices for both.",
    needs=r"(?s)(perm|shuffle|sample).*(perm|shuffle|sample)",
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
    needs=r"\*|(?<!mat)mul\(|multiply\(",
)
def linreg_elementwise(X, w, b):
    return X * w.reshape(-1) + b


@also("linreg_elementwise")
def linreg_elementwise_by_column(X, w, b):
    return X * w + b


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


@also("absolute_with_sign")
def absolute_with_other_sign(y_hat, y):
    return y.reshape(y_hat.shape) - y_hat


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


@also("absolute_one_sided")
def absolute_on_the_other_side(y_hat, y):
    return (y.reshape(y_hat.shape) - y_hat).clamp(min=0)


# huber_loss


@edit(
    "huber_loss",
    "The line is too high, so the loss jumps at delta. Beyond delta it is "
    "delta * (|r| - delta / 2).",
    ("delta * (distance - delta / 2)", "delta * distance"),
)
def huber_with_a_jump(): ...


@edit(
    "huber_loss",
    "delta is not used: the loss always turns at 1. Use the argument in both places.",
    ("distance = ", "delta = 1.0\ndistance = "),
)
def huber_ignores_delta(): ...


@edit(
    "huber_loss",
    "The parabola and the line are in each other's place. The loss is squared near 0 and a line "
    "beyond delta.",
    ("distance <= delta", "distance > delta"),
)
def huber_swapped(): ...


@edit(
    "huber_loss",
    "Negative residuals always take the parabola. Compare the absolute value of the residual with "
    "delta.",
    (".abs()", ""),
    lacks="abs",
)
def huber_without_absolute_value(): ...


@edit(
    "huber_loss",
    "The factor ½ of the parabola is missing: up to delta the loss is r² / 2.",
    ("distance**2 / 2", "distance**2"),
)
def huber_without_half(): ...


@misconception(
    "huber_loss",
    "This is the smooth L1 loss, which is the Huber loss divided by delta. Near 0 the loss is "
    "r² / 2 for any delta.",
)
def huber_divided_by_delta(y_hat, y, delta=1.0):
    distance = (y_hat - y.reshape(y_hat.shape)).abs()
    return torch.where(distance < delta, distance**2 / 2 / delta, distance - delta / 2)


@edit(
    "huber_loss",
    "Labels of shape (n,) against predictions of shape (n, 1) give a matrix of shape (n, n). Write "
    "y.reshape(y_hat.shape).",
    (".reshape(y_hat.shape)", ""),
)
def huber_without_reshape(): ...


@edit(
    "huber_loss",
    "This is the mean over the batch. Return one loss per example.",
    ("(distance - delta / 2))", "(distance - delta / 2)).mean()"),
)
def huber_mean(): ...


# sgd


@edit(
    "sgd",
    "The gradient is not divided by the batch size. It comes from the sum of the losses, so write "
    "lr * param.grad / batch_size.",
    ("param.grad / batch_size", "param.grad"),
)
def sgd_without_batch_size(): ...


@edit(
    "sgd",
    "The gradient is divided by a fixed number, 10. Divide by the argument batch_size.",
    ("param.grad / batch_size", "param.grad / 10"),
    needs=r"10|\.1",
)
def sgd_fixed_batch_size(): ...


@edit(
    "sgd",
    "The gradients are not cleared, so the next backward() adds to them. Set them to zero after "
    "the step: param.grad.zero_().",
    ("param.grad.zero_()", ""),
)
def sgd_keeps_gradients(): ...


@edit(
    "sgd",
    "The step goes uphill: the parameters move with the gradient. Subtract it.",
    ("param -=", "param +="),
)
def sgd_climbs(): ...


@edit(
    "sgd",
    "The parameters that were passed in stay as they were: param = param - … makes a new tensor. "
    "Change them in place with -=.",
    ("param -=", "step ="),
    ("param.grad.zero_()", "param.grad.zero_()\nparam = param - step"),
    lacks=r"-=|\+=|sub_|add_|copy_|\.data = ",
    needs=r" - |sub\(",
)
def sgd_on_copies(): ...


@edit(
    "sgd",
    "The learning rate is fixed at 0.03. Use the argument lr.",
    ("lr * param.grad", "0.03 * param.grad"),
    needs=r"\.03",
)
def sgd_fixed_learning_rate(): ...


# train


@edit(
    "train",
    "backward() is called on the mean of the losses, and sgd divides by the batch size once more. "
    "Call it on their sum.",
    (".sum().backward()", ".mean().backward()"),
)
def train_on_the_mean(): ...


@edit(
    "train",
    "The list holds the loss of the last batch. Compute the loss on all features and labels after "
    "the epoch.",
    ("loss(net(X, w, b), y).sum()", "values = loss(net(X, w, b), y)\nvalues.sum()"),
    ("loss(net(features, w, b), labels)", "values"),
)
def train_notes_last_batch(): ...


@edit(
    "train",
    "The list holds the sum of the losses. Take their mean over all examples.",
    ("labels).mean()", "labels).sum()"),
)
def train_notes_sums(): ...


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


@edit(
    "train",
    "The bias is not learned. Give sgd both parameters: [w, b].",
    ("sgd([w, b], lr, len(X))", "sgd([w], lr, len(X))"),
)
def train_forgets_bias(): ...


@edit(
    "train",
    "sgd is called with the number of all examples. The gradients come from one batch: divide by "
    "the number of examples in it.",
    ("sgd([w, b], lr, len(X))", "sgd([w, b], lr, len(features))"),
)
def train_divides_by_all(): ...


@edit(
    "train",
    "train returns nothing. Collect the mean loss after each epoch in a list and return it.",
    ("return history", ""),
)
def train_returns_nothing(): ...


@edit(
    "train",
    "Only the loss of the last epoch is returned. Return a list with one number per epoch.",
    ("return history", "return history[-1]"),
)
def train_returns_last_epoch(): ...


@edit(
    "train",
    "The net and the loss of the notebook are called instead of the arguments net and loss.",
    ("loss(net(X, w, b), y)", "squared_loss(linreg(X, w, b), y)"),
    ("loss(net(features, w, b), labels)", "squared_loss(linreg(features, w, b), labels)"),
)
def train_ignores_net(): ...


@also(
    "train_ignores_net",
    ("loss(net(X, w, b), y)", "squared_loss(linreg(X, w, b), y)"),
    ("loss(net(features, w, b), labels)", "squared_loss(linreg(features, w, b), labels)"),
    ("len(X)", "batch_size"),
)
def train_ignores_net_and_rest(): ...


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


@edit(
    "load_array",
    "The last batch is left out when it is smaller than the others. Do not use drop_last.",
    ("shuffle=is_train", "shuffle=is_train, drop_last=True"),
    needs="drop_last",
)
def loader_drops_last(): ...


@misconception(
    "load_array",
    "The batches come only once: a generator is empty after its first walk. Return a DataLoader.",
)
def loader_is_exhausted(data_arrays, batch_size, is_train=True):
    return iter(data.DataLoader(data.TensorDataset(*data_arrays), batch_size, shuffle=is_train))


# make_net


@edit(
    "make_net",
    "The weights are those that nn.Linear starts with. Draw them from N(0, 0.01): "
    "net[0].weight.data.normal_(0, 0.01).",
    ("net[0].weight.data.normal_(0, 0.01)", ""),
)
def net_with_default_weights(): ...


@edit(
    "make_net",
    "0.01 is taken for the variance of the weights. It is the standard deviation.",
    ("normal_(0, 0.01)", "normal_(0, 0.01**0.5)"),
)
def net_with_variance(): ...


@edit(
    "make_net",
    "The bias is not set to 0: net[0].bias.data.fill_(0).",
    ("net[0].bias.data.fill_(0)", ""),
)
def net_with_default_bias(): ...


@edit(
    "make_net",
    "The net has no bias. Leave out bias=False, and set the bias to 0.",
    ("= nn.Sequential(nn.Linear(2, 1))", "= nn.Sequential(nn.Linear(2, 1, bias=False))"),
    ("net[0].bias.data.fill_(0)", ""),
    needs=r"False",
)
def net_without_bias(): ...


@edit(
    "make_net",
    "There is a ReLU behind the linear layer, so no negative value is predicted. Leave it out.",
    ("= nn.Sequential(nn.Linear(2, 1))", "= nn.Sequential(nn.Linear(2, 1), nn.ReLU())"),
    needs=r"(?i)relu|clamp",
)
def net_with_relu(): ...


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


@edit(
    "train_concise",
    "The gradients are never cleared, so every step uses those of all batches before. Call "
    "trainer.zero_grad() for every batch.",
    ("trainer.zero_grad()", ""),
)
def concise_without_zero_grad(): ...


@edit(
    "train_concise",
    "zero_grad() stands between backward() and step(), so the step has no gradient. Call it before "
    "backward().",
    ("trainer.zero_grad()\nvalue.backward()", "value.backward()\ntrainer.zero_grad()"),
    needs=r"(?s)backward\(.*zero_grad\(.*step\(",
)
def concise_zero_grad_too_late(): ...


@edit(
    "train_concise",
    "step() stands before backward(), so it uses the gradients of the batch before. The order is "
    "zero_grad(), backward(), step().",
    ("trainer.zero_grad()", "trainer.step()\ntrainer.zero_grad()"),
    ("value.backward()\ntrainer.step()", "value.backward()"),
    needs=r"(?s)step\(.*backward\(",
)
def concise_steps_too_early(): ...


@edit(
    "train_concise",
    "The list holds the loss of the last batch. Compute the loss on all features and labels after "
    "the epoch.",
    ("float(loss(net(features), labels))", "value.item()"),
)
def concise_notes_last_batch(): ...


@edit(
    "train_concise",
    "Only the loss of the last epoch is returned. Return a list with one number per epoch.",
    ("return history", "return history[-1]"),
)
def concise_returns_last_epoch(): ...


@edit(
    "train_concise",
    "train_concise returns nothing. Collect the loss after each epoch in a list and return it.",
    ("return history", ""),
)
def concise_returns_nothing(): ...
