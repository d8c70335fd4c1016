"""Working parts that the public checks put in the place of yours where these do not fit together,
so that a mistake in one function is not told of another."""

import torch


def softmax(X):
    return torch.softmax(X, dim=1)
