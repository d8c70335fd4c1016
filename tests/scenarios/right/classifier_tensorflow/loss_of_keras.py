"""The loss of Keras as an object, one for each way."""


def loss(self, y_hat, y, averaged=True):
    reduction = "sum_over_batch_size" if averaged else None
    return tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction=reduction)(
        y, y_hat
    )


Classifier.loss = loss
