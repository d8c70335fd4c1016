"""Working parts that the public checks put in the place of yours where these do not fit together,
so that a mistake in one function is not told of another."""

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


def train_epoch(net, train_iter, loss, updater):
    return 0.4, 0.8  # what the example of train has


def evaluate_accuracy(net, data_iter):
    return 0.8


def accuracy(y_hat, y):
    return float((y_hat.argmax(1) == y).sum())


def sgd(params, lr, batch_size):
    for param in params:
        param.data -= lr * param.grad / batch_size
