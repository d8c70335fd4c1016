"""Keras compares; the labels become numbers of its type."""


def accuracy(self, y_hat, y, averaged=True):
    classes = y_hat.shape[-1]
    right = tf.keras.metrics.sparse_categorical_accuracy(
        tf.reshape(tf.cast(y, tf.int32), [-1]), tf.reshape(y_hat, [-1, classes])
    )
    right = tf.cast(right, tf.float32)
    return tf.reduce_mean(right).numpy() if averaged else right


Classifier.accuracy = accuracy
