"""Wrong programs that are not in the bank; the second word of each says which entry of the bank
behaves like it, or "unlisted"."""


@misconception("Classifier.loss", "loss_without_aux")
def number_alone(self, params, X, Y, state, averaged=True):
    logits, _ = state.apply_fn(
        {"params": params, "batch_stats": state.batch_stats}, *X, mutable=["batch_stats"]
    )
    each = -jnp.take_along_axis(jax.nn.log_softmax(logits), Y[:, None], axis=1)[:, 0]
    return jnp.mean(each) if averaged else each


@misconception("Classifier.loss", "loss_forgets_statistics")
def placeholder(self, params, X, Y, state, averaged=True):
    logits, _ = state.apply_fn(
        {"params": params, "batch_stats": state.batch_stats}, *X, mutable=["batch_stats"]
    )
    each = optax.softmax_cross_entropy(logits, jax.nn.one_hot(Y, logits.shape[-1]))
    return (each.mean() if averaged else each), {}


@misconception("Classifier.loss", "loss_of_probabilities")
def log_of_softmax_of_softmax(self, params, X, Y, state, averaged=True):
    logits, updates = state.apply_fn(
        {"params": params, "batch_stats": state.batch_stats}, *X, mutable=["batch_stats"]
    )
    p = jax.nn.softmax(jax.nn.softmax(logits, axis=-1), axis=-1)
    each = -jnp.log(p[jnp.arange(len(Y)), Y])
    return (each.mean() if averaged else each), updates


@misconception("Classifier.loss", "unlisted")
def without_the_minus(self, params, X, Y, state, averaged=True):
    logits, updates = state.apply_fn(
        {"params": params, "batch_stats": state.batch_stats}, *X, mutable=["batch_stats"]
    )
    each = jnp.take_along_axis(jax.nn.log_softmax(logits), Y[:, None], axis=1)[:, 0]
    return (each.mean() if averaged else each), updates


@misconception("Classifier.loss", "unlisted")
def shape_n_by_one(self, params, X, Y, state, averaged=True):
    logits, updates = state.apply_fn(
        {"params": params, "batch_stats": state.batch_stats}, *X, mutable=["batch_stats"]
    )
    each = -jnp.take_along_axis(jax.nn.log_softmax(logits), Y[:, None], axis=1)
    return (each.mean() if averaged else each), updates


@misconception("Classifier.training_step", "step_without_aux")
def aux_is_thrown_away(self, params, batch, state):
    def without_aux(p):
        return self.loss(p, batch[:-1], batch[-1], state)[0]

    return jax.value_and_grad(without_aux)(params)


@misconception("Classifier.training_step", "step_at_parameters_of_state")
def differentiates_the_state(self, params, batch, state):
    *inputs, labels = batch
    return jax.value_and_grad(self.loss, has_aux=True)(state.params, tuple(inputs), labels, state)


@misconception("Classifier.training_step", "unlisted")
def gradients_climb(self, params, batch, state):
    value, grads = jax.value_and_grad(self.loss, has_aux=True)(params, batch[:-1], batch[-1], state)
    return value, jax.tree_util.tree_map(jnp.negative, grads)


@misconception("Classifier.accuracy", "accuracy_counts")
def number_of_hits(self, params, X, Y, state, averaged=True):
    scores = state.apply_fn({"params": params, "batch_stats": state.batch_stats}, *X)
    hits = jnp.where(jnp.argmax(scores, -1).ravel() == Y.ravel(), 1.0, 0.0)
    return jnp.sum(hits) if averaged else hits


@misconception("Classifier.accuracy", "unlisted")
def error_rate(self, params, X, Y, state, averaged=True):
    scores = state.apply_fn({"params": params, "batch_stats": state.batch_stats}, *X)
    wrong = (jnp.argmax(scores, -1).ravel() != Y.ravel()).astype(jnp.float32)
    return wrong.mean() if averaged else wrong


@misconception("Classifier.accuracy", "unlisted")
def keeps_the_shape(self, params, X, Y, state, averaged=True):
    scores = state.apply_fn({"params": params, "batch_stats": state.batch_stats}, *X)
    hits = (scores.argmax(-1) == Y).astype(jnp.float32)
    return hits.mean() if averaged else hits


@misconception("Classifier.validation_step", "validation_exchanged")
def accuracy_goes_first(self, params, batch, state):
    *X, Y = batch
    accuracy = self.accuracy(params, tuple(X), Y, state)
    return accuracy, self.loss(params, tuple(X), Y, state)[0]


@misconception("Classifier.validation_step", "validation_with_first_input")
def unpacks_a_pair(self, params, batch, state):
    X, Y = batch[0], batch[-1]
    return {
        "loss": self.loss(params, (X,), Y, state)[0],
        "acc": self.accuracy(params, (X,), Y, state),
    }


@misconception("Classifier.validation_step", "unlisted")
def validates_by_the_state(self, params, batch, state):
    l, _ = self.loss(state.params, batch[:-1], batch[-1], state)
    return {"loss": l, "acc": self.accuracy(state.params, batch[:-1], batch[-1], state)}


@misconception("Classifier.configure_optimizers", "optimizer_with_momentum")
def chain_with_a_trace(self):
    return optax.chain(optax.trace(decay=0.9), optax.scale(-self.lr))


@misconception("Classifier.configure_optimizers", "unlisted")
def decays_the_weights(self):
    return optax.chain(optax.add_decayed_weights(0.1), optax.sgd(self.lr))


@misconception("Classifier.configure_optimizers", "unlisted")
def climbs(self):
    return optax.scale(self.lr)


@misconception("next_state", "state_with_old_statistics")
def optimizer_only(state, grads, aux):
    updates, memory = state.tx.update(grads, state.opt_state, state.params)
    moved = optax.apply_updates(state.params, updates)
    return state.replace(step=state.step + 1, params=moved, opt_state=memory)


@misconception("next_state", "state_by_plain_descent")
def forgets_what_the_optimizer_remembers(state, grads, aux):
    updates, _ = state.tx.update(grads, state.tx.init(state.params), state.params)
    stats = aux["batch_stats"] if "batch_stats" in aux else state.batch_stats
    moved = optax.apply_updates(state.params, updates)
    return state.replace(step=state.step + 1, params=moved, batch_stats=stats)


@misconception("next_state", "unlisted")
def two_steps(state, grads, aux):
    state = state.apply_gradients(grads=grads).apply_gradients(grads=grads)
    return state.replace(**aux)
