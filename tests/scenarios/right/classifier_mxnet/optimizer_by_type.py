"""Asked the other way round, with an optimizer that is an object."""


def configure_optimizers(self):
    found = self.parameters()
    if isinstance(found, gluon.ParameterDict):
        return gluon.Trainer(found, mx.optimizer.SGD(learning_rate=self.lr))
    return SGD(found, self.lr)


Classifier.configure_optimizers = configure_optimizers
