"""Methods without self, and a learning rate behind a property."""

class Classifier(nn.Module):
    def __init__(self, lr=0.1, **options):
        nn.Module.__init__(self)
        self._lr = lr
        self.options = options

    @property
    def lr(self):
        return self._lr

    @lr.setter
    def lr(self, value):
        self._lr = value

    @staticmethod
    def loss(y_hat, y, averaged=True):
        return nn.CrossEntropyLoss(reduction="mean" if averaged else "none")(y_hat, y)

    @staticmethod
    def accuracy(y_hat, y, averaged=True):
        y_hat = y_hat.reshape(-1, y_hat.size(-1))
        correct = y_hat.argmax(1).type(y.dtype) == y.reshape(-1)
        return correct.float().mean() if averaged else correct.float()

    def validation_step(self, batch):
        *X, y = batch
        out = self.forward(*X)
        return {"loss": self.loss(out, y), "acc": self.accuracy(out, y)}

    def configure_optimizers(self):
        return torch.optim.SGD(params=self.parameters(), lr=self.lr, momentum=0, weight_decay=0)
