"""A copy of a finished function, begun anew at the end of the file."""

EXPECTED = {
    "loses": ["cross_entropy"],
    "says": ["`cross_entropy` is defined more than once"],
}


def cross_entropy(y_hat, y):
    return -torch.log(y_hat[range(len(y_hat)), y])


def cross_entropy(y_hat, y):
    one_hot = torch.nn.functional.one_hot(y, y_hat.shape[1])
    return one_hot * y_hat
