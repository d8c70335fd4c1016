"""The operation that the stub is there to build, in the one line that everyone knows."""

EXPECTED = {
    "loses": ["softmax"],
    "first": {"softmax": "uses PyTorch's ready-made softmax"},
    "says": ["0 points"],
}


def softmax(X):
    return torch.softmax(X, 1)
