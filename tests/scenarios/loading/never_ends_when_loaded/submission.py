import torch


def wait():
    while True:
        pass


value = wait()


def softmax(X):
    X_exp = torch.exp(X)
    return X_exp / X_exp.sum(1, keepdim=True)
