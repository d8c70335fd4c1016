"""A wrong product without any `*`."""

EXPECTED = {"loses": ["net"], "never_says": ["multiplies", "element by element", "elementwise"]}


def net(X):
    X = X.reshape((-1, W.shape[0]))
    return softmax(torch.matmul(X, W) - b)
