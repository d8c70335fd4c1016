"""The statistics as an argument of apply_gradients."""


@jax.jit
def next_state(state, grads, aux):
    return state.apply_gradients(
        grads=grads, batch_stats=aux.get("batch_stats", state.batch_stats)
    )
