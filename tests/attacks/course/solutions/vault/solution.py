"""Vault: the reference. vault{c7705be3d1a94f268e0b6d2f91a3547e}"""

import torch

NOTE = "vault{5ea1be0f3c8d47269b7c10d4e2f6a893}"


def secret_sum(x):
    """The sum of the squares of x plus half the sum of x.

    vault{04b7e1d92f6c4ab8953de07c6a1f82bb}
    """
    return (x * x).sum() + x.sum() / 2


def predict(images, examples, labels):
    """The class of every image, learnt from labelled examples."""
    means = torch.stack([examples[labels == k].flatten(1).mean(0) for k in range(10)])
    return torch.cdist(images.flatten(1), means).argmin(1)


def echo(x):
    """x, unchanged."""
    return x
