"""Known mistakes in classifier_tensorflow: wrong versions of single stubs.

Read by grader.course.misconceptions, never run as a file. Each entry is appended to the solution.
"""

import tensorflow as tf

from grader.course.misconceptions import also, edit, misconception

# Classifier.loss


@edit(
    "Classifier.loss",
    "The argument averaged is ignored: the result is always the mean. With averaged=False return "
    "one loss per example.",
    ("tf.reduce_mean(losses) if averaged else losses", "tf.reduce_mean(losses)"),
)
def loss_always_averaged(): ...


@edit(
    "Classifier.loss",
    "The argument averaged is ignored: the result is always one loss per example. With "
    "averaged=True, the default, return their mean.",
    ("tf.reduce_mean(losses) if averaged else losses", "losses"),
)
def loss_never_averaged(): ...


@edit(
    "Classifier.loss",
    "averaged is read the wrong way round: averaged=True should give the mean, averaged=False one "
    "loss per example.",
    ("if averaged", "if not averaged"),
)
def loss_averaged_reversed(): ...


@edit(
    "Classifier.loss",
    "The losses are added up. Averaged means divided by the number of examples: take the mean.",
    ("tf.reduce_mean", "tf.reduce_sum"),
)
def loss_summed(): ...


@edit(
    "Classifier.loss",
    "Softmax is applied twice: the loss takes logits and does it itself. Give it y_hat as it is.",
    ("logits=y_hat", "logits=tf.nn.softmax(y_hat)"),
)
def loss_of_probabilities(): ...


@misconception(
    "Classifier.loss",
    "The loss of Keras takes y_hat for probabilities, but it holds logits: from_logits=True.",
)
def loss_without_from_logits(self, y_hat, y, averaged=True):
    losses = tf.keras.losses.sparse_categorical_crossentropy(y, y_hat)
    return tf.reduce_mean(losses) if averaged else losses


@misconception(
    "Classifier.loss",
    "The probabilities run down the columns. Each row is one example: use the last dimension.",
)
def loss_over_columns(self, y_hat, y, averaged=True):
    columns = tf.nn.log_softmax(y_hat, axis=0)
    losses = -tf.gather(columns, y, batch_dims=1)
    return tf.reduce_mean(losses) if averaged else losses


@edit(
    "Classifier.loss",
    "The loss is cut off from y_hat, so that nothing can learn from it. Compute it with TensorFlow "
    "from beginning to end, without stop_gradient, numpy() and float().",
    ("logits=y_hat", "logits=tf.stop_gradient(y_hat)"),
    needs=r"stop_gradient|numpy|np\.|float\(|item|tolist|constant|Variable",
)
def loss_detached(): ...


@also("loss_detached", ("tf.reduce_mean(losses) if", "float(tf.reduce_mean(losses)) if"))
def loss_as_float(): ...


# Classifier.accuracy


@edit(
    "Classifier.accuracy",
    "The result is the number of correct predictions. Here the accuracy is the fraction: divide "
    "by the number of predictions, or take the mean.",
    ("tf.reduce_mean(correct)", "tf.reduce_sum(correct)"),
)
def accuracy_counts(): ...


@edit(
    "Classifier.accuracy",
    "The argument averaged is ignored: the result is always the mean. With averaged=False return "
    "1 or 0 for every prediction.",
    ("tf.reduce_mean(correct) if averaged else correct", "tf.reduce_mean(correct)"),
)
def accuracy_always_averaged(): ...


@edit(
    "Classifier.accuracy",
    "averaged is read the wrong way round: averaged=True should give the fraction, averaged=False "
    "1 or 0 for every prediction.",
    ("if averaged", "if not averaged"),
)
def accuracy_averaged_reversed(): ...


@edit(
    "Classifier.accuracy",
    "The largest score of each column is searched. Each row is one example: use argmax over the "
    "last dimension (axis=-1; without it tf.argmax takes axis 0).",
    ("tf.argmax(y_hat, axis=1)", "tf.argmax(y_hat)"),
)
def accuracy_over_columns(): ...


@edit(
    "Classifier.accuracy",
    "The prediction is the class with the smallest score. Take the largest: argmax.",
    ("tf.argmax", "tf.argmin"),
)
def accuracy_of_least_likely(): ...


@misconception(
    "Classifier.accuracy",
    "For scores of shape (n, t, c) argmax over axis 1 searches among the t positions. The classes "
    "are the last dimension: flatten to (n * t, c) first.",
)
def accuracy_without_flattening(self, y_hat, y, averaged=True):
    predictions = tf.cast(tf.argmax(y_hat, axis=1), y.dtype)
    correct = tf.cast(predictions == y, tf.float32)
    return tf.reduce_mean(correct) if averaged else correct


@misconception(
    "Classifier.accuracy",
    "With averaged=False the result keeps the shape (n, t). Return a flat vector, (n * t,).",
)
def accuracy_not_flat(self, y_hat, y, averaged=True):
    correct = tf.cast(tf.cast(tf.argmax(y_hat, axis=-1), y.dtype) == y, tf.float32)
    return tf.reduce_mean(correct) if averaged else correct


@edit(
    "Classifier.accuracy",
    "The predictions keep their own type, and TensorFlow compares equal types only. Give them the "
    "type of y: tf.cast(…, y.dtype).",
    ("tf.cast(tf.argmax(y_hat, axis=1), y.dtype)", "tf.argmax(y_hat, axis=1)"),
)
def accuracy_without_cast(): ...


@edit(
    "Classifier.accuracy",
    "With averaged=False the entries are True and False. Turn them into float32: "
    "tf.cast(…, tf.float32).",
    (
        "correct = tf.cast(predictions == tf.reshape(y, -1), tf.float32)",
        "correct = predictions == tf.reshape(y, -1)",
    ),
    ("tf.reduce_mean(correct)", "tf.reduce_mean(tf.cast(correct, tf.float32))"),
)
def accuracy_of_booleans(): ...


@edit(
    "Classifier.accuracy",
    "The accuracy is given in percent. Return the fraction, a number from 0 to 1.",
    ("tf.reduce_mean(correct) if", "100 * tf.reduce_mean(correct) if"),
)
def accuracy_in_percent(): ...


# Classifier.validation_step


@misconception(
    "Classifier.validation_step",
    'It returns a pair. Return a dictionary: {"loss": ..., "acc": ...}.',
)
def step_returns_pair(self, batch):
    y_hat = self(*batch[:-1])
    return self.loss(y_hat, batch[-1]), self.accuracy(y_hat, batch[-1])


@misconception(
    "Classifier.validation_step",
    'It returns nothing. Return the dictionary {"loss": ..., "acc": ...}.',
)
def step_returns_nothing(self, batch):
    y_hat = self(*batch[:-1])
    self.loss(y_hat, batch[-1])
    self.accuracy(y_hat, batch[-1])


@misconception(
    "Classifier.validation_step",
    'Loss and accuracy are exchanged: "loss" should hold the loss, "acc" the accuracy.',
)
def step_exchanged(self, batch):
    y_hat = self(*batch[:-1])
    return {"loss": self.accuracy(y_hat, batch[-1]), "acc": self.loss(y_hat, batch[-1])}


@edit(
    "Classifier.validation_step",
    "Only the first input goes into the model. All elements of the batch but the last are inputs: "
    "self(*batch[:-1]).",
    ("self(*inputs)", "self(inputs[0])"),
)
def step_with_first_input(): ...


@also("step_with_first_input", ("*inputs, y = batch", "X, y = batch"), ("self(*inputs)", "self(X)"))
def step_for_pairs_only(): ...


@edit(
    "Classifier.validation_step",
    "A ready-made loss is used. Ask self.loss, for a subclass may have its own.",
    (
        "self.loss(y_hat, y)",
        "tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, y_hat))",
    ),
)
def step_with_ready_made_loss(): ...


@edit(
    "Classifier.validation_step",
    "The accuracy is computed anew. Ask self.accuracy, for a subclass may have its own.",
    (
        "self.accuracy(y_hat, y)",
        "tf.reduce_mean(tf.cast(tf.cast(tf.argmax(y_hat, 1), y.dtype) == y, tf.float32))",
    ),
)
def step_with_own_accuracy(): ...


@edit(
    "Classifier.validation_step",
    "The loss is that of single examples. Return the averaged loss and the averaged accuracy of "
    "the batch.",
    ("self.loss(y_hat, y)", "self.loss(y_hat, y, averaged=False)"),
    ("self.accuracy(y_hat, y)", "self.accuracy(y_hat, y, averaged=False)"),
)
def step_not_averaged(): ...


# Classifier.configure_optimizers


@edit(
    "Classifier.configure_optimizers",
    "The learning rate is a fixed number, such as the 0.01 that SGD has where it is told none. Use "
    "self.lr.",
    ("SGD(self.lr)", "SGD()"),
    lacks=r"self\.lr",
)
def optimizer_with_fixed_rate(): ...


@also("optimizer_with_fixed_rate", ("SGD(self.lr)", "SGD(0.1)"))
def optimizer_with_rate_of_a_tenth(): ...


@edit(
    "Classifier.configure_optimizers",
    "The optimizer has a momentum. Plain SGD has none.",
    ("SGD(self.lr)", "SGD(self.lr, momentum=0.9)"),
)
def optimizer_with_momentum(): ...


@also("optimizer_with_momentum", ("SGD(self.lr)", "SGD(self.lr, momentum=0.5)"))
def optimizer_with_less_momentum(): ...


@edit(
    "Classifier.configure_optimizers",
    "The optimizer has a weight decay. Plain SGD has none.",
    ("SGD(self.lr)", "SGD(self.lr, weight_decay=0.01)"),
)
def optimizer_with_decay(): ...


@also("optimizer_with_decay", ("SGD(self.lr)", "SGD(self.lr, weight_decay=1e-3)"))
def optimizer_with_less_decay(): ...


@edit(
    "Classifier.configure_optimizers",
    "The optimizer is Adam. This class trains with stochastic gradient descent: "
    "tf.keras.optimizers.SGD.",
    ("SGD(self.lr)", "Adam(self.lr)"),
)
def optimizer_is_adam(): ...


# fit_epoch


@edit(
    "fit_epoch",
    "The mean of the batches' losses is returned. A short last batch counts too much in it: add "
    "each loss times the number of its examples, and divide by the number of all.",
    ("float(loss) * len(y)", "float(loss)"),
    ("count += len(y)", "count += 1"),
)
def epoch_mean_of_batch_means(): ...


@edit(
    "fit_epoch",
    "The losses of all examples are added up. Return their mean.",
    ("return total / count", "return total"),
)
def epoch_loss_summed(): ...


@edit(
    "fit_epoch",
    "The sum of the batches' mean losses is divided by the number of examples. Multiply each by "
    "the size of its batch first.",
    ("float(loss) * len(y)", "float(loss)"),
)
def epoch_means_by_examples(): ...


@edit(
    "fit_epoch",
    "The loss of the last batch alone is returned. Return the mean over all examples of the epoch.",
    ("return total / count", "return float(loss)"),
)
def epoch_loss_of_last_batch(): ...


@edit(
    "fit_epoch",
    "It returns nothing. Return the mean loss over all examples.",
    ("return total / count", ""),
)
def epoch_returns_nothing(): ...


@edit(
    "fit_epoch",
    "It returns within the loop, so that only the first batch is trained on. Return after the "
    "loop.",
    ("return total / count", "    return total / count"),
)
def epoch_returns_in_loop(): ...


@edit(
    "fit_epoch",
    "No step is made: optimizer.apply_gradients is missing.",
    ("optimizer.apply_gradients(zip(gradients, variables))", ""),
)
def epoch_without_step(): ...


@edit(
    "fit_epoch",
    "Only the first variable of the model is trained. Give the optimizer the gradients of all "
    "model.trainable_variables.",
    ("variables = model.trainable_variables", "variables = model.trainable_variables[:1]"),
)
def epoch_of_first_variable(): ...


@edit(
    "fit_epoch",
    "An optimizer is made anew. Use the one that is given: it may be another one, or have another "
    "learning rate.",
    ("optimizer.apply_gradients", "model.configure_optimizers().apply_gradients"),
)
def epoch_with_own_optimizer(): ...


@also("epoch_with_own_optimizer", ("optimizer.apply", "tf.keras.optimizers.SGD(model.lr).apply"))
def epoch_with_sgd_of_the_model(): ...


@edit(
    "fit_epoch",
    "A ready-made loss is used. Ask model.loss, for a model may have its own.",
    (
        "model.loss(model(*inputs), y)",
        "tf.reduce_mean("
        "tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=model(*inputs)))",
    ),
)
def epoch_with_ready_made_loss(): ...


@edit(
    "fit_epoch",
    "The gradient is that of the sum of a batch's losses. Take the averaged loss: "
    "model.loss(y_hat, y).",
    ("model.loss(model(*inputs), y)", "tf.reduce_sum(model.loss(model(*inputs), y, False))"),
    ("float(loss) * len(y)", "float(loss)"),
)
def epoch_steps_by_sums(): ...


@edit(
    "fit_epoch",
    "Only the first input goes into the model. All elements of the batch but the last are inputs: "
    "model(*inputs).",
    ("model(*inputs)", "model(inputs[0])"),
)
def epoch_with_first_input(): ...


@also("epoch_with_first_input", ("*inputs, y in", "X, y in"), ("model(*inputs)", "model(X)"))
def epoch_for_pairs_only(): ...
