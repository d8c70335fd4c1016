"""Return what was given.

Expected: right where that is the task, wrong elsewhere.
"""

EXPECTED = {"secret_sum": "failed", "predict": "failed", "echo": "passed"}


def secret_sum(x):
    return x


def predict(images, examples, labels):
    return labels[: len(images)].expand(len(images)) if len(labels) == 1 else labels


def echo(x):
    return x
