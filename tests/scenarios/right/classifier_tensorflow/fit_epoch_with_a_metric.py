"""The mean is kept by a metric of Keras."""


def fit_epoch(model, optimizer, batches):
    mean = tf.keras.metrics.Mean()
    for batch in batches:
        *X, y = batch
        with tf.GradientTape() as tape:
            value = model.loss(model(*X), y, averaged=True)
        gradients = tape.gradient(value, model.trainable_variables)
        optimizer.apply_gradients(list(zip(gradients, model.trainable_variables)))
        mean.update_state(value, sample_weight=tf.shape(y)[0])
    return mean.result()
