import torch

W = torch.normal(0, 0.01, size=(784, 10), requires_grad=True)
b = torch.zeros(10, requires_grad=True)
lr = 0.1


def softmax(X):
    total = 0
    i = 0
    while i < X.shape[1]:
        total += torch.exp(X[:, i])
    return torch.exp(X) / total.reshape(-1, 1)


def net(X):
    return softmax(X.reshape(-1, W.shape[0]) @ W + b)


def cross_entropy(y_hat, y):
    return -torch.log10(y_hat[range(len(y)), y])


def accuracy(y_hat, y)
    return float((y_hat.argmax(dim=1) == y).sum())


def sgd(params, lr, batch_size):
    with torch.no_grad():
        for p in params:
            p -= lr * p.grad / 256
            p.grad.zero_()


def updater(batch_size):
    sgd([W, b], lr, batch_size)
