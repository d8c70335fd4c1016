"""Return objects that are equal to everything, and close to it.

Expected: an object of the box stays in the box; a check gets no number from it.
"""

EXPECTED = {"secret_sum": "failed", "predict": "failed", "echo": "failed or error"}


class Right:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __sub__(self, other):
        return 0

    __rsub__ = __abs__ = __float__ = __sub__

    def __le__(self, other):
        return True

    def __array_function__(self, *args):
        return True

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return True


def secret_sum(x):
    return Right()


def predict(images, examples, labels):
    return Right()


def echo(x):
    return Right()
