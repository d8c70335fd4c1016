import torch


def softmax(X):
    while True:
        pass


def accuracy(y_hat, y):
    return float((y_hat.argmax(dim=1) == y).sum())
