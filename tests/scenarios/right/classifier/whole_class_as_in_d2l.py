"""The class as d2l writes it: on d2l.Module, with methods that are added one by one."""

from d2l import torch as d2l
from torch.nn import functional as F


class Classifier(d2l.Module):
    """The base class of classification models."""

    def __init__(self, lr=0.1):
        super().__init__()
        self.save_hyperparameters()

    def validation_step(self, batch):
        Y_hat = self(*batch[:-1])
        loss, acc = self.loss(Y_hat, batch[-1]), self.accuracy(Y_hat, batch[-1])
        self.plot("loss", loss, train=False)
        self.plot("acc", acc, train=False)
        return {"loss": loss, "acc": acc}


@d2l.add_to_class(d2l.Module)
def configure_optimizers(self):
    return torch.optim.SGD(self.parameters(), lr=self.lr)


@d2l.add_to_class(Classifier)
def accuracy(self, Y_hat, Y, averaged=True):
    """Compute the number of correct predictions."""
    Y_hat = Y_hat.reshape((-1, Y_hat.shape[-1]))
    preds = Y_hat.argmax(axis=1).type(Y.dtype)
    compare = (preds == Y.reshape(-1)).type(torch.float32)
    return compare.mean() if averaged else compare


@d2l.add_to_class(Classifier)
def loss(self, Y_hat, Y, averaged=True):
    Y_hat = Y_hat.reshape((-1, Y_hat.shape[-1]))
    Y = Y.reshape((-1,))
    return F.cross_entropy(Y_hat, Y, reduction="mean" if averaged else "none")
