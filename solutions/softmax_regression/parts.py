"""Working parts: ``submission.supply("accuracy")`` puts one in the place of the student's own.

Many are the solution of their stub, so the file is not handed out. Of it, only what a check asks
for is sent into the box, as source; there it sees ``torch`` and the submission.
"""

import torch


class Accumulator:
    def __init__(self, n):
        self.sums = [0.0] * n

    def add(self, *values):
        self.sums = [a + float(b) for a, b in zip(self.sums, values)]

    def reset(self):
        self.sums = [0.0] * len(self.sums)

    def __getitem__(self, index):
        return self.sums[index]


def softmax(X):
    return torch.softmax(X, dim=1)


def net(X, *rest):
    return torch.softmax(X.reshape(len(X), -1) @ submission.W + submission.b, dim=1)


def cross_entropy(y_hat, y):
    return torch.nn.functional.nll_loss(torch.log(y_hat), y, reduction="none")


def accuracy(y_hat, y):
    return float((y_hat.argmax(1) == y).sum())


def evaluate_accuracy(net, data_iter):
    with torch.no_grad():
        pairs = [(accuracy(net(X), y), len(y)) for X, y in data_iter]
    return sum(right for right, _ in pairs) / sum(n for _, n in pairs)


def sgd(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size
            param.grad.zero_()


def updater(batch_size):
    sgd([submission.W, submission.b], submission.lr, batch_size)


def train_epoch(net, train_iter, loss, updater):
    total, right, count = 0.0, 0.0, 0
    for X, y in train_iter:
        y_hat = net(X)
        losses = loss(y_hat, y)
        losses.sum().backward()
        updater(len(y))
        total += float(losses.detach().sum())
        right += accuracy(y_hat, y)
        count += len(y)
    return total / count, right / count
