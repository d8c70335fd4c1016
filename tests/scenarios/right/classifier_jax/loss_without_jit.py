"""Not compiled, by log_softmax and an index."""


def loss(self, params, X, Y, state, averaged=True):
    y_hat, changed = state.apply_fn(
        {"params": params, "batch_stats": state.batch_stats}, *X, mutable=["batch_stats"]
    )
    log_probabilities = jax.nn.log_softmax(y_hat, axis=-1)
    losses = -log_probabilities[jnp.arange(len(Y)), Y]
    return (jnp.mean(losses), changed) if averaged else (losses, changed)


Classifier.loss = loss
