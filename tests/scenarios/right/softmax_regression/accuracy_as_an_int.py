"""The count as a Python int, by eq and max."""

def accuracy(y_hat, y):
    return y_hat.max(1)[1].eq(y).sum().item()
