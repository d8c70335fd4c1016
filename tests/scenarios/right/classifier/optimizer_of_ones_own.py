"""A small optimizer that is written by hand."""


class PlainSGD:
    def __init__(self, params, lr):
        self.params, self.lr = list(params), lr

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    @torch.no_grad()
    def step(self):
        for p in self.params:
            p -= self.lr * p.grad


Classifier.configure_optimizers = lambda self: PlainSGD(self.parameters(), self.lr)
