"""The count is a number of a class of its own, which says how to show itself."""

class Count(float):
    def __repr__(self):
        return f"{float(self):.0f} right"


def accuracy(y_hat, y):
    return Count((y_hat.argmax(dim=1) == y).sum())
