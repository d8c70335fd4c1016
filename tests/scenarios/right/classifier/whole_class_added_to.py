"""Methods are added as functions, whose names mean nothing then."""

def add_to_class(Class):
    def wrapper(obj):
        setattr(Class, obj.__name__, obj)
    return wrapper

class Classifier(nn.Module):
    def __init__(self, lr=0.1):
        super().__init__()
        self.lr = lr

@add_to_class(Classifier)
def loss(self, Y_hat, Y, averaged=True):
    return nn.functional.cross_entropy(Y_hat, Y, reduction="mean" if averaged else "none")

@add_to_class(Classifier)
def accuracy(self, Y_hat, Y, averaged=True):
    Y_hat = Y_hat.reshape((-1, Y_hat.shape[-1]))
    preds = Y_hat.argmax(axis=1).type(Y.dtype)
    compare = (preds == Y.reshape(-1)).type(torch.float32)
    return compare.mean() if averaged else compare

@add_to_class(Classifier)
def validation_step(self, batch):
    Y_hat = self(*batch[:-1])
    return {"loss": self.loss(Y_hat, batch[-1]), "acc": self.accuracy(Y_hat, batch[-1])}

@add_to_class(Classifier)
def configure_optimizers(self):
    return torch.optim.SGD(self.parameters(), lr=self.lr)
