"""The class as the document writes it, on d2l.Module, its methods added one by one."""

from d2l import tensorflow as d2l


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
    return tf.keras.optimizers.SGD(self.lr)


@d2l.add_to_class(Classifier)
def accuracy(self, Y_hat, Y, averaged=True):
    """Compute the number of correct predictions."""
    Y_hat = tf.reshape(Y_hat, (-1, Y_hat.shape[-1]))
    preds = tf.cast(tf.argmax(Y_hat, axis=1), Y.dtype)
    compare = tf.cast(preds == tf.reshape(Y, -1), tf.float32)
    return tf.reduce_mean(compare) if averaged else compare


@d2l.add_to_class(Classifier)
def loss(self, Y_hat, Y, averaged=True):
    Y_hat = tf.reshape(Y_hat, (-1, Y_hat.shape[-1]))
    Y = tf.reshape(Y, (-1,))
    fn = tf.keras.losses.SparseCategoricalCrossentropy(
        from_logits=True, reduction="sum_over_batch_size" if averaged else "none"
    )
    return fn(Y, Y_hat)
