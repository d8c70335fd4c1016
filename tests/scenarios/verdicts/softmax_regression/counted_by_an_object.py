"""Decorators of other forms: a class with __call__, and a wrapper of two arguments."""

EXPECTED = {}


class Counted:
    def __init__(self, function):
        self.function = function
        self.calls = 0

    def __call__(self, *args):
        self.calls += 1
        return self.function(*args)


def checked(function):
    def inner(first, second):
        assert len(first) == len(second)
        return function(first, second)

    return inner


@Counted
def softmax(X):
    E = torch.exp(X)
    return E / E.sum(dim=1, keepdim=True)


@checked
def cross_entropy(y_hat, y):
    return -torch.log(y_hat[range(len(y_hat)), y])


@Counted
@checked
def accuracy(y_hat, y):
    return float((y_hat.argmax(dim=1) == y).sum())
