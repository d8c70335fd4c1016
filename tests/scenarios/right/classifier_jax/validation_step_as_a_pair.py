"""A pair, of numbers of Python."""


def validation_step(self, params, batch, state):
    inputs, labels = tuple(batch[:-1]), batch[-1]
    loss = self.loss(params, inputs, labels, state)[0]
    return float(loss), float(self.accuracy(params, inputs, labels, state))


Classifier.validation_step = validation_step
