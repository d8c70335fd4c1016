"""As in the book: on d2l.Module, with methods that are added one by one."""

from d2l import mxnet as d2l


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
    params = self.parameters()
    if isinstance(params, list):
        return d2l.SGD(params, self.lr)
    return gluon.Trainer(params, "sgd", {"learning_rate": self.lr})


@d2l.add_to_class(Classifier)
def accuracy(self, Y_hat, Y, averaged=True):
    """Compute the number of correct predictions."""
    Y_hat = Y_hat.reshape((-1, Y_hat.shape[-1]))
    preds = Y_hat.argmax(axis=1).astype(Y.dtype)
    compare = (preds == Y.reshape(-1)).astype(np.float32)
    return compare.mean() if averaged else compare


@d2l.add_to_class(d2l.Module)
def get_scratch_params(self):
    params = []
    for attr in dir(self):
        a = getattr(self, attr)
        if isinstance(a, np.ndarray):
            params.append(a)
        if isinstance(a, d2l.Module):
            params.extend(a.get_scratch_params())
    return params


@d2l.add_to_class(d2l.Module)
def parameters(self):
    params = self.collect_params()
    return (
        params
        if isinstance(params, gluon.parameter.ParameterDict) and len(params.keys())
        else self.get_scratch_params()
    )


@d2l.add_to_class(Classifier)
def loss(self, Y_hat, Y, averaged=True):
    Y_hat = Y_hat.reshape((-1, Y_hat.shape[-1]))
    Y = Y.reshape((-1,))
    fn = gluon.loss.SoftmaxCrossEntropyLoss()
    l = fn(Y_hat, Y)
    return l.mean() if averaged else l
