import torch


def wait():
    while True:
        pass


value = wait()


def softmax(X):
    X_exp = torch.exp(X)
    return X_exp / X_exp.sum(1, keepdim=True)


def accuracy(y_hat, y):
    return value * float((y_hat.argmax(1) == y).sum())
