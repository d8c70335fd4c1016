"""A loop over the cells of the output, all images and channels at once."""

import math

import torch
import torch.nn as nn


def corr2d(X, K):
    h, w = K.shape
    Y = torch.zeros((X.shape[0] - h + 1, X.shape[1] - w + 1)).to(X)
    for i in range(Y.shape[0]):
        for j in range(Y.shape[1]):
            Y[i, j] = (X[i : i + h, j : j + w] * K).sum()
    return Y


class Conv2D(nn.Module):
    def __init__(self, kernel_size):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(kernel_size))
        nn.init.uniform_(self.weight)
        self.register_parameter("bias", nn.Parameter(torch.tensor([0.0])))

    def forward(self, X):
        out = corr2d(X, self.weight)
        out += self.bias
        return out


def output_size(size, kernel, padding, stride):
    return math.floor((size - kernel + 2 * padding) / stride) + 1


def pad2d(X, padding):
    n, c, h, w = X.shape
    rows = X.new_zeros(n, c, padding, w)
    X = torch.cat([rows, X, rows], dim=2)
    columns = X.new_zeros(n, c, h + 2 * padding, padding)
    return torch.cat([columns, X, columns], dim=3)


def conv2d(X, K, padding=0, stride=1):
    X = pad2d(X, padding)
    (n, _, h, w), (o, _, kh, kw) = X.shape, K.shape
    oh, ow = (h - kh) // stride + 1, (w - kw) // stride + 1
    kernels = K.reshape(o, -1).t()
    cells = []
    for i in range(oh):
        for j in range(ow):
            top, left = i * stride, j * stride
            window = X[:, :, top : top + kh, left : left + kw].reshape(n, -1)
            cells.append(window @ kernels)
    return torch.stack(cells, 2).reshape(n, o, oh, ow)


def pool2d(X, size, mode="max", stride=None):
    if not stride:
        stride = size
    h, w = X.shape[-2:]
    rows = []
    for top in range(0, h - size + 1, stride):
        row = []
        for left in range(0, w - size + 1, stride):
            window = X[:, :, top : top + size, left : left + size]
            row.append(window.amax((2, 3)) if mode == "max" else window.mean((2, 3)))
        rows.append(torch.stack(row, -1))
    return torch.stack(rows, -2)


def init_params():
    params = [
        torch.zeros(6, 1, 5, 5),
        torch.zeros(6),
        torch.zeros(16, 6, 5, 5),
        torch.zeros(16),
        torch.zeros(400, 84),
        torch.zeros(84),
        torch.zeros(84, 10),
        torch.zeros(10),
    ]
    for i, m in [(0, 25), (2, 150), (4, 400), (6, 84)]:
        nn.init.normal_(params[i], 0, math.sqrt(2 / m))
    for param in params:
        param.requires_grad = True
    return params


def lenet(X, params):
    first = conv2d(X, params[0], 2, 1)
    first = pool2d(torch.relu(first + params[1].reshape(1, -1, 1, 1)), 2, "max", 2)
    second = conv2d(first, params[2], 0, 1)
    second = pool2d(torch.relu(second + params[3].reshape(1, -1, 1, 1)), 2, "max", 2)
    hidden = torch.relu(torch.matmul(nn.Flatten()(second), params[4]) + params[5])
    return torch.matmul(hidden, params[6]) + params[7]


def train(params, X, y, epochs, batch_size, lr):
    loss_fn = nn.CrossEntropyLoss()
    history = []
    for _epoch in range(epochs):
        order = torch.randperm(X.shape[0])
        total, count = 0, 0
        for start in range(0, X.shape[0], batch_size):
            idx = order[start : start + batch_size]
            for p in params:
                if p.grad is not None:
                    p.grad = None
            loss = loss_fn(lenet(X[idx], params), y[idx])
            loss.backward()
            for p in params:
                p.data.sub_(lr * p.grad)
            total += loss.item() * idx.numel()
            count += idx.numel()
        history.append(total / count)
    return history


def evaluate(params, X, y, batch_size):
    correct = 0
    for start in range(0, len(X), batch_size):
        scores = lenet(X[start : start + batch_size], params)
        correct += int((torch.max(scores, 1)[1] == y[start : start + batch_size]).sum())
    return correct / y.numel()
