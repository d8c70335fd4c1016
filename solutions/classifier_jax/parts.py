"""Working parts: ``submission.supply("Classifier.loss")`` puts one in place of the student's own.

Many are the solution of their stub, so the file is not handed out. Of it, only what a check asks
for is sent into the box, as source; there it sees ``jax``, ``jnp``, ``nn``, ``optax``, ``np`` and
the submission.
"""

from functools import partial

import jax
import optax


class Classifier:
    @partial(jax.jit, static_argnums=(0, 5))
    def loss(self, params, X, Y, state, averaged=True):
        variables = {"params": params, "batch_stats": state.batch_stats}
        y_hat, updates = state.apply_fn(variables, *X, mutable=["batch_stats"])
        losses = optax.softmax_cross_entropy_with_integer_labels(y_hat, Y)
        return (losses.mean() if averaged else losses), updates

    def training_step(self, params, batch, state):
        gradient = jax.value_and_grad(self.loss, has_aux=True)
        return gradient(params, batch[:-1], batch[-1], state)

    @partial(jax.jit, static_argnums=(0, 5))
    def accuracy(self, params, X, Y, state, averaged=True):
        y_hat = state.apply_fn({"params": params, "batch_stats": state.batch_stats}, *X)
        right = (y_hat.argmax(-1).astype(Y.dtype) == Y).astype("float32").reshape(-1)
        return right.mean() if averaged else right

    def configure_optimizers(self):
        return optax.sgd(self.lr)


class Unusual:
    """A factor by which they differ from the usual ones shows whether they are asked."""

    def loss(self, params, X, Y, state, averaged=True):
        loss, updates = Classifier.loss(self, params, X, Y, state, averaged)
        return 3 * loss, updates

    def accuracy(self, params, X, Y, state, averaged=True):
        return Classifier.accuracy(self, params, X, Y, state, averaged) / 3


def next_state(state, grads, aux):
    stepped = state.apply_gradients(grads=grads)
    return stepped.replace(batch_stats=aux.get("batch_stats", state.batch_stats))
