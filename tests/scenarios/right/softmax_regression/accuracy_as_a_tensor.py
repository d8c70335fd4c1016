"""The count as a 0-d tensor."""

def accuracy(y_hat, y):
    return (y_hat.argmax(axis=1) == y).sum()
