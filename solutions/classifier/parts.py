"""Working parts: ``submission.supply("Classifier.loss")`` puts one in place of the student's own.

Many are the solution of their stub, so the file is not handed out. Of it, only what a check asks
for is sent into the box, as source; there it sees ``torch`` and the submission.
"""

import torch


class Classifier:
    def loss(self, y_hat, y, averaged=True):
        reduction = "mean" if averaged else "none"
        return torch.nn.functional.cross_entropy(y_hat, y, reduction=reduction)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.lr)


class Unusual:
    """A factor by which they differ from the usual ones shows whether they are asked."""

    def loss(self, y_hat, y, averaged=True):
        return 3 * Classifier.loss(self, y_hat, y, averaged)

    def accuracy(self, y_hat, y, averaged=True):
        right = (y_hat.argmax(-1) == y).float().flatten() / 3
        return right.mean() if averaged else right
