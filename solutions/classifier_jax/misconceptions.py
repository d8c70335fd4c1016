"""Known mistakes in classifier_jax: wrong versions of single stubs.

Read by grader.course.misconceptions, never run as a file. Each entry is appended to the solution.
"""

from grader.course.misconceptions import also, edit, misconception

# Classifier.loss


@edit(
    "Classifier.loss",
    "The loss is returned alone. Return a pair: the loss, and the statistics that have been "
    "changed; has_aux=True needs both.",
    (
        "return (losses.mean() if averaged else losses), updates",
        "return losses.mean() if averaged else losses",
    ),
)
def loss_without_aux(): ...


@edit(
    "Classifier.loss",
    'The auxiliary data are always empty. Call apply_fn with mutable=["batch_stats"] and return '
    "what it gives beside the logits.",
    ("else losses), updates", "else losses), {}"),
)
def loss_forgets_statistics(): ...


@edit(
    "Classifier.loss",
    "The auxiliary data are the old statistics of the state. Return those that apply_fn gives "
    "beside the logits.",
    ("else losses), updates", 'else losses), {"batch_stats": state.batch_stats}'),
)
def loss_returns_old_statistics(): ...


@edit(
    "Classifier.loss",
    "The argument averaged is ignored: the result is always the mean. With averaged=False return "
    "one loss per example.",
    ("losses.mean() if averaged else losses", "losses.mean()"),
)
def loss_always_averaged(): ...


@edit(
    "Classifier.loss",
    "The argument averaged is ignored: the result is always one loss per example. With "
    "averaged=True, the default, return their mean.",
    ("losses.mean() if averaged else losses", "losses"),
)
def loss_never_averaged(): ...


@edit(
    "Classifier.loss",
    "The losses are added up. Averaged means divided by the number of examples: take the mean.",
    ("losses.mean() if averaged", "losses.sum() if averaged"),
)
def loss_summed(): ...


@edit(
    "Classifier.loss",
    "Softmax is applied twice: the model gives logits, and the cross entropy of optax takes them "
    "as they are.",
    ("integer_labels(y_hat, Y)", "integer_labels(jax.nn.softmax(y_hat), Y)"),
)
def loss_of_probabilities(): ...


@edit(
    "Classifier.loss",
    "Only the first input goes into the model. X is the tuple of all inputs: apply_fn(…, *X).",
    ("variables, *X, mutable", "variables, X[0], mutable"),
)
def loss_of_first_input(): ...


@edit(
    "Classifier.loss",
    "The parameters of the state are used, so the loss does not depend on params and has no "
    "gradient. Give apply_fn the params that the method is called with.",
    ('{"params": params,', '{"params": state.params,'),
)
def loss_of_parameters_of_state(): ...


# Classifier.training_step


@edit(
    "Classifier.training_step",
    "The gradients come before the value. jax.value_and_grad gives the value first; return "
    "(value, grads).",
    ("return value, grads", "return grads, value"),
)
def step_exchanged(): ...


@edit(
    "Classifier.training_step",
    "The auxiliary data are lost: the value is the pair of loss and auxiliary data, as "
    "self.loss returns it.",
    ("return value, grads", "return value[0], grads"),
)
def step_without_aux(): ...


@edit(
    "Classifier.training_step",
    "Only the gradients are returned. Return the value, too: jax.value_and_grad gives both.",
    ("return value, grads", "return grads"),
)
def step_returns_gradients(): ...


@edit(
    "Classifier.training_step",
    "Only the first input goes into the loss. All elements of the batch but the last are inputs: "
    "batch[:-1].",
    ("params, batch[:-1], batch[-1]", "params, batch[:1], batch[-1]"),
)
def step_with_first_input(): ...


@edit(
    "Classifier.training_step",
    "The gradients are those at the parameters of the state. Give the params that the method is "
    "called with.",
    ("gradient(params, batch", "gradient(state.params, batch"),
)
def step_at_parameters_of_state(): ...


@misconception(
    "Classifier.training_step",
    "A ready-made loss is used. Ask self.loss, for a subclass may have its own.",
)
def step_with_ready_made_loss(self, params, batch, state):
    def cross_entropy(params):
        variables = {"params": params, "batch_stats": state.batch_stats}
        y_hat, updates = state.apply_fn(variables, *batch[:-1], mutable=["batch_stats"])
        losses = optax.softmax_cross_entropy_with_integer_labels(y_hat, batch[-1])
        return losses.mean(), updates

    return jax.value_and_grad(cross_entropy, has_aux=True)(params)


# Classifier.accuracy


@edit(
    "Classifier.accuracy",
    "The result is the number of correct predictions. Here the accuracy is the fraction: divide "
    "by the number of predictions, or take the mean.",
    ("correct.mean() if averaged", "correct.sum() if averaged"),
)
def accuracy_counts(): ...


@edit(
    "Classifier.accuracy",
    "The argument averaged is ignored: the result is always the mean. With averaged=False return "
    "1 or 0 for every prediction.",
    ("correct.mean() if averaged else correct", "correct.mean()"),
)
def accuracy_always_averaged(): ...


@edit(
    "Classifier.accuracy",
    "The largest score of each column is searched (axis 0). Each row is one example: use argmax "
    "over the last axis.",
    ("argmax(axis=1)", "argmax(axis=0)"),
)
def accuracy_over_columns(): ...


@edit(
    "Classifier.accuracy",
    "The prediction is the class with the smallest score. Take the largest: argmax.",
    ("argmax(axis=1)", "argmin(axis=1)"),
)
def accuracy_of_least_likely(): ...


@edit(
    "Classifier.accuracy",
    "For scores of shape (n, t, c) argmax(axis=1) searches among the t positions. The classes are "
    "the last axis: flatten to (n * t, c) first.",
    ("    y_hat = y_hat.reshape((-1, y_hat.shape[-1]))\n", ""),
    ("Y.reshape(-1)).astype(jnp.float32)", "Y).astype(jnp.float32).reshape(-1)"),
)
def accuracy_without_flattening(): ...


@edit(
    "Classifier.accuracy",
    "With averaged=False the entries are True and False. Turn them into float32: "
    ".astype(jnp.float32).",
    (".astype(jnp.float32)", ""),
)
def accuracy_of_booleans(): ...


@edit(
    "Classifier.accuracy",
    "Only the first input goes into the model. X is the tuple of all inputs: apply_fn(…, *X).",
    ("apply_fn(variables, *X)", "apply_fn(variables, X[0])"),
)
def accuracy_of_first_input(): ...


# Classifier.validation_step


@edit(
    "Classifier.validation_step",
    "The loss is the pair of loss and auxiliary data. Discard the second value of self.loss.",
    ("loss, _ = self.loss", "loss = self.loss"),
)
def validation_keeps_aux(): ...


@misconception(
    "Classifier.validation_step",
    'It returns nothing. Return the dictionary {"loss": ..., "acc": ...}, or the pair of both.',
)
def validation_returns_nothing(self, params, batch, state):
    self.loss(params, batch[:-1], batch[-1], state)
    self.accuracy(params, batch[:-1], batch[-1], state)


@edit(
    "Classifier.validation_step",
    'Loss and accuracy are exchanged: "loss" should hold the loss, "acc" the accuracy.',
    ('"loss": loss, "acc": self.accuracy(', '"acc": loss, "loss": self.accuracy('),
)
def validation_exchanged(): ...


@also("validation_exchanged")
def validation_exchanged_in_a_pair(self, params, batch, state):
    loss, _ = self.loss(params, batch[:-1], batch[-1], state)
    return self.accuracy(params, batch[:-1], batch[-1], state), loss


@edit(
    "Classifier.validation_step",
    "Only the first input goes into the model. All elements of the batch but the last are inputs: "
    "batch[:-1].",
    ("batch[:-1], batch[-1]", "batch[:1], batch[-1]"),
)
def validation_with_first_input(): ...


@edit(
    "Classifier.validation_step",
    "The loss is that of single examples. Return the averaged loss and the averaged accuracy of "
    "the batch.",
    ("self.loss(params, inputs, labels, state)", "self.loss(params, inputs, labels, state, False)"),
    (
        "self.accuracy(params, inputs, labels, state)",
        "self.accuracy(params, inputs, labels, state, False)",
    ),
)
def validation_not_averaged(): ...


# Classifier.configure_optimizers


@misconception(
    "Classifier.configure_optimizers",
    "The learning rate is a fixed number. Use self.lr.",
    lacks=r"self\.lr",
)
def optimizer_with_fixed_rate(self):
    return optax.sgd(0.01)


@also("optimizer_with_fixed_rate", ("optax.sgd(self.lr)", "optax.sgd(0.1)"))
def optimizer_with_rate_of_a_tenth(): ...


@edit(
    "Classifier.configure_optimizers",
    "The optimizer has a momentum. Plain SGD has none.",
    ("optax.sgd(self.lr)", "optax.sgd(self.lr, momentum=0.9)"),
)
def optimizer_with_momentum(): ...


@edit(
    "Classifier.configure_optimizers",
    "The optimizer is Adam. This class trains with stochastic gradient descent: optax.sgd.",
    ("optax.sgd(self.lr)", "optax.adam(self.lr)"),
)
def optimizer_is_adam(): ...


# next_state


@edit(
    "next_state",
    "The new statistics are not taken: batch_stats of the new state are those of aux.",
    (
        'return stepped.replace(batch_stats=aux.get("batch_stats", state.batch_stats))',
        "return stepped",
    ),
)
def state_with_old_statistics(): ...


@edit(
    "next_state",
    "The state that was given comes back with new statistics only. Return the one that "
    "apply_gradients has made: nothing is changed in place.",
    ("return stepped.replace", "return state.replace"),
)
def state_without_step(): ...


@misconception(
    "next_state",
    "The parameters move along the gradient: the loss grows. Let the optimizer of the state make "
    "the step: state.apply_gradients(grads=grads).",
)
def state_climbs(state, grads, aux):
    opposite = jax.tree_util.tree_map(lambda gradient: -gradient, grads)
    stepped = state.apply_gradients(grads=opposite)
    return stepped.replace(batch_stats=aux.get("batch_stats", state.batch_stats))


@misconception(
    "next_state",
    "The step is made by hand, without the optimizer of the state, which may remember something. "
    "Use state.apply_gradients(grads=grads).",
)
def state_by_plain_descent(state, grads, aux):
    params = jax.tree_util.tree_map(lambda p, g: p - 0.1 * g, state.params, grads)
    stats = aux.get("batch_stats", state.batch_stats)
    return state.replace(step=state.step + 1, params=params, batch_stats=stats)


@edit(
    "next_state",
    'Where aux holds no statistics, those of the state are lost. Keep them: aux.get("batch_stats", '
    "state.batch_stats).",
    ('aux.get("batch_stats", state.batch_stats)', 'aux.get("batch_stats", {})'),
)
def state_loses_statistics(): ...
