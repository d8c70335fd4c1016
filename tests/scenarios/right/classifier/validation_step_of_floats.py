"""Plain numbers, no gradients, evaluation mode."""


@torch.no_grad()
def validation_step(self, batch):
    self.eval()
    y = batch[-1]
    y_hat = self(*batch[:-1])
    result = {}
    result["loss"] = float(self.loss(y_hat=y_hat, y=y, averaged=True))
    result["acc"] = float(self.accuracy(y_hat, y, True))
    return result


Classifier.validation_step = validation_step
