"""Wrong programs that are not in the bank; the second word of each says which entry of the bank
behaves like it, or "unlisted"."""


@misconception("Classifier.loss", "loss_without_from_logits")
def keras_object_for_probabilities(self, y_hat, y, averaged=True):
    reduction = "sum_over_batch_size" if averaged else None
    return tf.keras.losses.SparseCategoricalCrossentropy(reduction=reduction)(y, y_hat)


@misconception("Classifier.loss", "loss_detached")
def through_numpy(self, y_hat, y, averaged=True):
    import numpy as np

    scores = np.asarray(y_hat)
    logs = scores - np.log(np.exp(scores).sum(1, keepdims=True))
    losses = -logs[np.arange(len(logs)), np.asarray(y)]
    return tf.constant(losses.mean() if averaged else losses)


@misconception("Classifier.loss", "unlisted")
def negative_loss(self, y_hat, y, averaged=True):
    losses = -tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=y_hat)
    return tf.reduce_mean(losses) if averaged else losses


@misconception("Classifier.accuracy", "accuracy_counts")
def counts_by_loop(self, y_hat, y, averaged=True):
    scores, y = tf.reshape(y_hat, (-1, y_hat.shape[-1])), tf.reshape(y, (-1,))
    right = [float(int(tf.argmax(row)) == int(label)) for row, label in zip(scores, y)]
    return sum(right) if averaged else tf.constant(right)


@misconception("Classifier.accuracy", "accuracy_over_columns")
def largest_of_columns(self, y_hat, y, averaged=True):
    scores = tf.reshape(y_hat, [-1, y_hat.shape[-1]])
    right = tf.cast(tf.equal(tf.cast(tf.argmax(scores, 0), y.dtype), tf.reshape(y, [-1])), "float32")
    return tf.reduce_mean(right) if averaged else right


@misconception("Classifier.validation_step", "step_with_first_input")
def unpacks_a_pair(self, batch):
    X, y = batch
    logits = self(X)
    return {"loss": self.loss(logits, y), "acc": self.accuracy(logits, y)}


@misconception("Classifier.validation_step", "unlisted")
def other_keys(self, batch):
    y_hat = self(*batch[:-1])
    return {"val_loss": self.loss(y_hat, batch[-1]), "val_acc": self.accuracy(y_hat, batch[-1])}


@misconception("Classifier.configure_optimizers", "unlisted")
def rmsprop(self):
    return tf.keras.optimizers.RMSprop(learning_rate=self.lr)


@misconception("fit_epoch", "epoch_mean_of_batch_means")
def mean_of_a_list(model, optimizer, batches):
    losses = []
    for batch in batches:
        with tf.GradientTape() as tape:
            value = model.loss(model(*batch[:-1]), batch[-1])
        gradients = tape.gradient(value, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        losses.append(float(value))
    return sum(losses) / len(losses)


@misconception("fit_epoch", "epoch_without_step")
def measures_only(model, optimizer, batches):
    total, count = 0.0, 0
    for *X, y in batches:
        total += float(model.loss(model(*X), y)) * len(y)
        count += len(y)
    return total / count


@misconception("fit_epoch", "unlisted")
def climbs(model, optimizer, batches):
    total, count = 0.0, 0
    for *X, y in batches:
        with tf.GradientTape() as tape:
            value = model.loss(model(*X), y)
        gradients = [-g for g in tape.gradient(value, model.trainable_variables)]
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        total += float(value) * len(y)
        count += len(y)
    return total / count
