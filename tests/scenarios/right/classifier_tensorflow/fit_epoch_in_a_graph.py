"""A compiled step, made for the epoch."""


def fit_epoch(model, optimizer, batches):
    @tf.function(reduce_retracing=True)
    def step(inputs, y):
        with tf.GradientTape() as tape:
            loss = model.loss(model(*inputs, training=True), y)
        gradients = tape.gradient(loss, model.trainable_weights)
        optimizer.apply(gradients, model.trainable_weights)
        return loss

    losses, sizes = [], []
    for batch in batches:
        losses.append(step(tuple(batch[:-1]), batch[-1]))
        sizes.append(batch[-1].shape[0])
    return tf.reduce_sum(tf.stack(losses) * tf.cast(sizes, tf.float32)) / sum(sizes)
