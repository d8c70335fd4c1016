# softmax regression homework, bob
# in the style of the book, trained at the end of the file
import time

import matplotlib.pyplot as plt
import torch
import torchvision
from d2l import torch as d2l
from torchvision import transforms

batch_size = 256
mnist_train = torchvision.datasets.FashionMNIST(
    root="../data", train=True, transform=transforms.ToTensor(), download=True
)
mnist_test = torchvision.datasets.FashionMNIST(
    root="../data", train=False, transform=transforms.ToTensor(), download=True
)
train_iter = torch.utils.data.DataLoader(mnist_train, batch_size, shuffle=True, num_workers=4)
test_iter = torch.utils.data.DataLoader(mnist_test, batch_size, num_workers=4)

W = torch.normal(0, 0.01, size=(784, 10), requires_grad=True)
b = torch.zeros(10, requires_grad=True)
lr = 0.1


def softmax(X):
    X_exp = torch.exp(X)
    return X_exp / X_exp.sum(1, keepdim=True)


def net(X):
    return softmax(torch.matmul(X.reshape((-1, W.shape[0])), W) + b)


def cross_entropy(y, y_hat):
    return (-torch.log(y_hat[range(len(y_hat)), y])).mean()


def accuracy(y_hat, y):
    return (y_hat.argmax(axis=1) == y).float().mean()


class Accumulator:
    def __init__(self, n):
        self.data = [0.0] * n

    def add(self, *args):
        self.data = [a + float(b) for a, b in zip(self.data, args)]

    def reset(self):
        self.data = [0.0] * len(self.data)

    def __getitem__(self, idx):
        return self.data[idx]


def evaluate_accuracy(data_iter, net):
    metric = Accumulator(2)
    if isinstance(net, torch.nn.Module):
        net.eval()
    with torch.no_grad():
        for X, y in data_iter:
            metric.add((net(X).argmax(1) == y).sum(), y.numel())
    return metric[0] / metric[1]


def sgd(params, lr, batch_size):
    for p in params:
        p.data -= lr * p.grad / batch_size
        p.grad = None


def updater(batch_size):
    return d2l.sgd([W, b], lr, batch_size)


def train_epoch_ch3(net, train_iter, loss, updater):
    if isinstance(net, torch.nn.Module):
        net.train()
    metric = Accumulator(3)
    for X, y in train_iter:
        y_hat = net(X)
        l = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            l.mean().backward()
            updater.step()
        else:
            l.sum().backward()
            updater(X.shape[0])
        metric.add(float(l.sum()), (y_hat.argmax(1) == y).sum(), y.numel())
    return metric[0] / metric[2], metric[1] / metric[2]


def train_ch3(net, train_iter, test_iter, loss, num_epochs, updater):
    history = []
    for epoch in range(num_epochs):
        start = time.time()
        train_metrics = train_epoch_ch3(net, train_iter, loss, updater)
        test_acc = evaluate_accuracy(test_iter, net)
        history.append(train_metrics + (test_acc,))
        print(f"epoch {epoch + 1}, loss {train_metrics[0]:f}, {time.time() - start:.1f} sec")


num_epochs = 100
train_ch3(net, train_iter, test_iter, cross_entropy, num_epochs, updater)
plt.show()
