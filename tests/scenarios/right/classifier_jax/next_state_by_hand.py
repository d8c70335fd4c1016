"""What apply_gradients does, written out."""


def next_state(state, grads, aux):
    updates, opt_state = state.tx.update(grads, state.opt_state, state.params)
    stats = aux["batch_stats"] if "batch_stats" in aux else state.batch_stats
    return state.replace(
        step=state.step + 1,
        params=optax.apply_updates(state.params, updates),
        opt_state=opt_state,
        batch_stats=stats,
    )
