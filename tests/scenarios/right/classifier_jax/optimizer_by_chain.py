"""Gradient descent put together by hand."""


def configure_optimizers(self):
    return optax.chain(optax.identity(), optax.scale(-self.lr))


Classifier.configure_optimizers = configure_optimizers
