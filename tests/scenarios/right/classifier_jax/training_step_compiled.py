"""Compiled as a whole."""


@partial(jax.jit, static_argnums=0)
def training_step(self, params, batch, state):
    return jax.value_and_grad(self.loss, has_aux=True)(params, batch[:-1], batch[-1], state)


Classifier.training_step = training_step
