"""Working parts that checks supply in the place of a student's own. They use im2col, never
PyTorch's convolution or pooling, so that the rule that forbids these can be looked at with them."""

import torch


def corr2d(X, K):
    """The cross-correlation of two matrices, one window after the other."""
    kh, kw = K.shape
    windows = X.unfold(0, kh, 1).unfold(1, kw, 1)
    return (windows * K).sum((2, 3))


def output_size(size, kernel, padding, stride):
    """The number of positions of the window."""
    return len(range(0, size + 2 * padding - kernel + 1, stride))


def pad2d(X, padding):
    """Zeros on all four sides."""
    return torch.nn.functional.pad(X, [padding] * 4)


def conv2d(X, K, padding=0, stride=1):
    """All windows as columns, multiplied by the kernels as rows."""
    columns = torch.nn.functional.unfold(X, K.shape[2:], padding=padding, stride=stride)
    height = (X.shape[2] + 2 * padding - K.shape[2]) // stride + 1
    return (K.flatten(1) @ columns).unflatten(2, (height, -1))


def pool2d(X, size, mode="max", stride=None):
    """All windows, reduced to one number each."""
    stride = stride or size
    windows = X.unfold(2, size, stride).unfold(3, size, stride).flatten(4)
    return windows.amax(4) if mode == "max" else windows.mean(4)


def lenet(X, params):
    """The network on columns, without a stub of the student's."""
    K1, b1, K2, b2, W3, b3, W4, b4 = params
    H = K1.flatten(1) @ torch.nn.functional.unfold(X, 5, padding=2) + b1.unsqueeze(1)
    H = H.relu().unflatten(2, (28, 28)).unflatten(3, (14, 2)).unflatten(2, (14, 2)).amax((3, 5))
    H = K2.flatten(1) @ torch.nn.functional.unfold(H, 5) + b2.unsqueeze(1)
    H = H.relu().unflatten(2, (10, 10)).unflatten(3, (5, 2)).unflatten(2, (5, 2)).amax((3, 5))
    return (H.flatten(1) @ W3 + b3).relu() @ W4 + b4


def init_params():
    """The parameters of the table, by He's rule."""
    params = []
    for shape, inputs, outputs in [
        ((6, 1, 5, 5), 25, 6),
        ((16, 6, 5, 5), 150, 16),
        ((400, 84), 400, 84),
        ((84, 10), 84, 10),
    ]:
        params += [torch.empty(shape).normal_(0, (2 / inputs) ** 0.5), torch.zeros(outputs)]
    for param in params:
        param.requires_grad = True
    return params
