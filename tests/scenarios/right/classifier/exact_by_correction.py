"""The quick value and a correction for the short batch, arguments in another order."""

import math


def validation_loss(num_examples, batch_size, quick, last):
    m = math.ceil(num_examples / batch_size)
    missing = m * batch_size - num_examples
    return (quick * m * batch_size - missing * last) / num_examples
