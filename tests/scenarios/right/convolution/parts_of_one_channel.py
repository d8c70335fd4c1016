"""Small stubs made of each other: conv2d from corr2d of one image and channel after the other,
with a faster convolution in the network."""

import torch
from torch import nn


def output_size(size, kernel, padding, stride):
    return len(range(-padding, size + padding - kernel + 1, stride))


def corr2d(X, K):
    kh, kw = K.shape
    h = output_size(X.shape[0], kh, 0, 1)
    w = output_size(X.shape[1], kw, 0, 1)
    return sum(X[a : a + h, b : b + w] * K[a][b] for a in range(kh) for b in range(kw))


class Conv2D(nn.Module):
    def __init__(self, kernel_size):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(*kernel_size))
        self.bias = nn.Parameter(torch.zeros(()))

    def forward(self, X):
        return corr2d(X, self.weight) + self.bias


def pad2d(X, padding):
    result = X.new_zeros(*X.shape[:2], X.shape[2] + 2 * padding, X.shape[3] + 2 * padding)
    height, width = X.shape[2:]
    result[..., padding : height + padding, padding : width + padding] = X
    return result


def conv2d(X, K, padding=0, stride=1):
    X = pad2d(X, padding)
    return torch.stack(
        [
            torch.stack(
                [
                    sum(corr2d(channel, k)[::stride, ::stride] for channel, k in zip(image, kernel))
                    for kernel in K
                ]
            )
            for image in X
        ]
    )


def pool2d(X, size, mode="max", stride=None):
    stride = size if stride is None else stride
    h, w = (output_size(length, size, 0, stride) for length in X.shape[2:])
    result = None
    for a in range(size):
        for b in range(size):
            cells = X[:, :, a::stride, b::stride][:, :, :h, :w]
            if result is None:
                result = cells
            elif mode == "max":
                result = torch.maximum(result, cells)
            else:
                result = result + cells
    return result if mode == "max" else result / size**2


def fast(X, K):
    h, w = X.shape[2] - K.shape[2] + 1, X.shape[3] - K.shape[3] + 1
    cells = [X[:, :, a : a + h, b : b + w] for a in range(5) for b in range(5)]
    return torch.tensordot(torch.stack(cells, 2), K.flatten(2), ([1, 2], [1, 2])).movedim(3, 1)


def lenet(X, params):
    K1, b1, K2, b2, W3, b3, W4, b4 = params
    H = (fast(pad2d(X, 2), K1) + b1[:, None, None]).relu()
    H = pool2d(H, 2)
    H = (fast(H, K2) + b2[:, None, None]).relu()
    H = pool2d(H, 2).flatten(start_dim=1)
    return (H @ W3 + b3).relu() @ W4 + b4
