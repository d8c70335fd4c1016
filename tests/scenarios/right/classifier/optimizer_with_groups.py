"""Parameter groups, one for each parameter."""


def configure_optimizers(self):
    groups = [{"params": [p]} for p in self.parameters()]
    return torch.optim.SGD(groups, lr=self.lr)


Classifier.configure_optimizers = configure_optimizers
