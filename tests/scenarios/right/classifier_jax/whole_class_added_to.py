"""As in the book: methods added to the class of d2l one by one, with curves drawn on the way."""

from d2l import jax as d2l


class Classifier(d2l.Module):
    """The base of all classifiers."""

    lr: float = 0.1

    def training_step(self, params, batch, state):
        value, grads = jax.value_and_grad(self.loss, has_aux=True)(
            params, batch[:-1], batch[-1], state
        )
        l, _ = value
        self.plot("loss", l, train=True)
        return value, grads

    def validation_step(self, params, batch, state):
        l, _ = self.loss(params, batch[:-1], batch[-1], state)
        self.plot("loss", l, train=False)
        acc = self.accuracy(params, batch[:-1], batch[-1], state)
        self.plot("acc", acc, train=False)
        return {"loss": l, "acc": acc}


@d2l.add_to_class(Classifier)
@partial(jax.jit, static_argnums=(0, 5))
def loss(self, params, X, Y, state, averaged=True):
    Y_hat, updates = state.apply_fn(
        {"params": params, "batch_stats": state.batch_stats}, *X, mutable=["batch_stats"]
    )
    Y_hat = Y_hat.reshape((-1, Y_hat.shape[-1]))
    Y = Y.reshape((-1,))
    fn = optax.softmax_cross_entropy_with_integer_labels
    return (fn(Y_hat, Y).mean(), updates) if averaged else (fn(Y_hat, Y), updates)


@d2l.add_to_class(Classifier)
@partial(jax.jit, static_argnums=(0, 5))
def accuracy(self, params, X, Y, state, averaged=True):
    """Compute the number of correct predictions."""
    Y_hat = state.apply_fn({"params": params, "batch_stats": state.batch_stats}, *X)
    Y_hat = Y_hat.reshape((-1, Y_hat.shape[-1]))
    preds = Y_hat.argmax(axis=1).astype(Y.dtype)
    compare = (preds == Y.reshape(-1)).astype(jnp.float32)
    return compare.mean() if averaged else compare


@d2l.add_to_class(Classifier)
def configure_optimizers(self):
    return optax.sgd(self.lr)
