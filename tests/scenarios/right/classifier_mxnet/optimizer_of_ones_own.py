"""A small optimizer for both kinds of parameters, which is written by hand."""


class Descent:
    def __init__(self, arrays, lr):
        self.arrays, self.lr = arrays, lr

    def step(self, batch_size):
        for array in self.arrays():
            array[:] = array - self.lr / batch_size * array.grad


def configure_optimizers(self):
    params = self.parameters()
    if isinstance(params, list):
        return Descent(lambda: params, self.lr)
    return Descent(lambda: [each.data() for each in params.values()], self.lr)


Classifier.configure_optimizers = configure_optimizers
