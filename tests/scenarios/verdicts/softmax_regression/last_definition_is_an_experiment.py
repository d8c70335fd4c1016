"""A second net at the end of the file, of other weights: it is the one that Python calls."""

EXPECTED = {
    "loses": ["net"],
    "says": [r"`net` is defined more than once: .*line \d+.*line \d+; the last one counts"],
}


def net(X):
    return softmax(X.reshape((-1, W.shape[0])) @ W + b)


W1 = torch.randn(784, 64) * 0.01
W2 = torch.randn(64, 10) * 0.01


def net(X):
    return softmax(torch.relu(X.reshape((-1, 784)) @ W1) @ W2)
