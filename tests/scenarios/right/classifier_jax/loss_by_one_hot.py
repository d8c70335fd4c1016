"""Flattened as in the book, with one-hot labels; a list for the pair."""


def loss(self, params, X, Y, state, averaged=True):
    variables = {"params": params, "batch_stats": state.batch_stats}
    y_hat, updates = state.apply_fn(variables, *X, mutable=["batch_stats"])
    y_hat = y_hat.reshape((-1, y_hat.shape[-1]))
    one_hot = jax.nn.one_hot(Y.reshape((-1,)), y_hat.shape[-1])
    losses = optax.softmax_cross_entropy(y_hat, one_hot)
    return [jnp.mean(losses) if averaged else losses, updates]


Classifier.loss = loss
