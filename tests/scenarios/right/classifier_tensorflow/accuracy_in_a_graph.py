"""Compiled, and the type of the labels is that of a symbol."""


@tf.function
def accuracy(self, y_hat, y, averaged=True):
    best = tf.math.argmax(y_hat, axis=-1, output_type=tf.int32)
    right = tf.cast(tf.equal(tf.cast(best, y.dtype), y), "float32")
    right = tf.reshape(right, [-1])
    return tf.reduce_mean(right) if averaged else right


Classifier.accuracy = accuracy
