"""A decorator on every method."""

import time

def timed(method):
    def inner(self, *args, **kwargs):
        start = time.time()
        value = method(self, *args, **kwargs)
        self.__dict__.setdefault("seconds", []).append(time.time() - start)
        return value
    return inner

class Classifier(nn.Module):
    def __init__(self, lr=0.1):
        super().__init__()
        self.lr = lr

    @timed
    def loss(self, y_hat, y, averaged=True):
        return nn.functional.cross_entropy(y_hat, y, reduction="mean" if averaged else "none")

    @timed
    @torch.no_grad()
    def accuracy(self, y_hat, y, averaged=True):
        y_hat = y_hat.reshape(-1, y_hat.shape[-1])
        correct = (y_hat.argmax(dim=1).type(y.dtype) == y.reshape(-1)).float()
        return correct.mean() if averaged else correct

    @timed
    def validation_step(self, batch):
        *inputs, y = batch
        y_hat = self(*inputs)
        return {"loss": self.loss(y_hat, y), "acc": self.accuracy(y_hat, y)}

    @timed
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.lr)
