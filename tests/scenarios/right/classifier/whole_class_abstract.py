"""A class of which no object can be made without forward."""

from abc import ABC, abstractmethod

class Classifier(nn.Module, ABC):
    def __init__(self, lr: float = 0.1) -> None:
        super().__init__()
        self.lr = lr

    @abstractmethod
    def forward(self, *inputs): ...

    def loss(self, y_hat, y, averaged: bool = True):
        return nn.functional.cross_entropy(y_hat, y, reduction="mean" if averaged else "none")

    def accuracy(self, y_hat, y, averaged: bool = True):
        y_hat = y_hat.reshape(-1, y_hat.shape[-1])
        correct = (y_hat.argmax(dim=1).type(y.dtype) == y.reshape(-1)).float()
        return correct.mean() if averaged else correct

    def validation_step(self, batch):
        *inputs, y = batch
        y_hat = self(*inputs)
        return {"loss": self.loss(y_hat, y), "acc": self.accuracy(y_hat, y)}

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.lr)
