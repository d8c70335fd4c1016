"""A neighbour with mistakes: one value wrong, one exception, one stub right."""


def secret_sum(x):
    return (x * x).sum()


def predict(images, examples, labels):
    return labels[len(images) * "class"]


def echo(x):
    return x
