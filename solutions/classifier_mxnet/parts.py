"""Working parts: ``submission.supply("Classifier.loss")`` puts one in place of the student's own.

Many are the solution of their stub, so the file is not handed out. Of it, only what a check asks
for is sent into the box, as source; there it sees ``np``, ``gluon`` and the submission.
"""

from mxnet import gluon, np


class Classifier:
    def loss(self, y_hat, y, averaged=True):
        losses = gluon.loss.SoftmaxCrossEntropyLoss()(y_hat, y)
        return losses.mean() if averaged else losses

    def get_scratch_params(self):
        values = [getattr(self, name) for name in dir(self)]
        params = [value for value in values if isinstance(value, np.ndarray)]
        for value in values:
            if isinstance(value, submission.Classifier):
                params += Classifier.get_scratch_params(value)
        return params

    def parameters(self):
        params = self.collect_params()
        return params if len(params.keys()) else Classifier.get_scratch_params(self)

    def configure_optimizers(self):
        params = Classifier.parameters(self)
        if isinstance(params, list):
            return Descent(params, self.lr)
        return gluon.Trainer(params, "sgd", {"learning_rate": self.lr})


class Descent:
    def __init__(self, params, lr):
        self.params, self.lr = params, lr

    def step(self, batch_size):
        for param in self.params:
            param -= self.lr * param.grad / batch_size


class Unusual:
    """A factor by which they differ from the usual ones shows whether they are asked."""

    def loss(self, y_hat, y, averaged=True):
        return 3 * Classifier.loss(self, y_hat, y, averaged)

    def accuracy(self, y_hat, y, averaged=True):
        right = (y_hat.argmax(axis=-1) == y.astype(np.int64)).astype(np.float32).reshape(-1) / 3
        return right.mean() if averaged else right
