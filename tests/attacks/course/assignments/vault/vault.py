"""Vault: the template."""


def secret_sum(x):
    """The sum of the squares of x plus half the sum of x."""
    raise NotImplementedError


def predict(images, examples, labels):
    """The class of every image, learnt from labelled examples."""
    raise NotImplementedError


def echo(x):
    """x, unchanged."""
    raise NotImplementedError
