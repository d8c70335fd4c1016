"""Softmax regression in seven functions: what a student hands in."""

import torch


def softmax(X):
    X_exp = torch.exp(X - X.max(dim=1, keepdim=True).values)
    return X_exp / X_exp.sum(dim=1, keepdim=True)


def net(X, W, b):
    return softmax(X.reshape(-1, W.shape[0]) @ W + b)


def cross_entropy(y_hat, y):
    return -torch.log(y_hat[range(len(y_hat)), y])


def accuracy(y_hat, y):
    return float((y_hat.argmax(dim=1) == y).sum())


def evaluate_accuracy(net, data_iter):
    right = total = 0
    with torch.no_grad():
        for X, y in data_iter:
            right += accuracy(net(X), y)
            total += len(y)
    return right / total


def sgd(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size
            param.grad.zero_()


def train_epoch(W, b, train_iter, lr):
    loss_sum = total = 0
    for X, y in train_iter:
        loss = cross_entropy(net(X, W, b), y)
        loss.sum().backward()
        sgd([W, b], lr, len(y))
        loss_sum += float(loss.detach().sum())
        total += len(y)
    return loss_sum / total
