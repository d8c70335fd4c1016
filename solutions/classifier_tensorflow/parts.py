"""Working parts: ``submission.supply("Classifier.loss")`` puts one in place of the student's own.

Many are the solution of their stub, so the file is not handed out. Of it, only what a check asks
for is sent into the box, as source; there it sees ``tf`` and the submission.
"""

import tensorflow as tf


class Classifier:
    def loss(self, y_hat, y, averaged=True):
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=y_hat)
        return tf.reduce_mean(losses) if averaged else losses

    def configure_optimizers(self):
        return tf.keras.optimizers.SGD(self.lr)


class Unusual:
    """A factor by which they differ from the usual ones shows whether they are asked."""

    def loss(self, y_hat, y, averaged=True):
        return 3 * Classifier.loss(self, y_hat, y, averaged)

    def accuracy(self, y_hat, y, averaged=True):
        right = tf.cast(tf.argmax(y_hat, -1) == tf.cast(y, tf.int64), tf.float32) / 3
        return tf.reduce_mean(right) if averaged else tf.reshape(right, -1)


def fit_epoch(model, optimizer, batches):
    total, count = 0.0, 0
    for *inputs, y in batches:
        with tf.GradientTape() as tape:
            loss = model.loss(model(*inputs), y)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        total += float(loss) * len(y)
        count += len(y)
    return total / count
