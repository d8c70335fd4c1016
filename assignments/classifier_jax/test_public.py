"""Public checks of classifier_jax: the examples of the text, to be run while you work.

They are few on purpose. The hidden checks ask for the same, with other numbers and shapes.
"""

import numpy as np
import pytest

from grader.checking import _, assert_close, assert_number, assert_sequence, in_sandbox


@in_sandbox
def example_model(submission):
    """A model that returns its inputs, added up, and a state for it."""
    import typing

    import optax
    from flax.training import train_state

    class State(train_state.TrainState):
        batch_stats: typing.Any

    class Sum(submission.Classifier):
        lr: float = 0.1

        def __call__(self, *inputs):
            return sum(inputs)

    model = Sum()
    return model, State.create(apply_fn=model.apply, params={}, tx=optax.sgd(0.1), batch_stats={})


@in_sandbox
def arrays_in(submission, value):
    """All arrays in nested containers."""
    import jax

    return jax.tree_util.tree_leaves(value)


@pytest.mark.stub("Classifier.loss")
def test_loss_example(submission):
    """For logits [[0, 0]] and the label [1] the loss is 0.6931, the logarithm of 2, and no
    statistics are changed."""
    model, state = example_model(submission)
    X, Y = (np.zeros((1, 2), np.float32),), np.array([1])
    loss, aux = assert_sequence(model.loss({}, X, Y, state), 2, "loss(params, X, Y, state)")
    assert_number(loss, 0.6931, tolerance=5e-5, what=_("the loss"))
    arrays = arrays_in(submission, aux)
    assert_sequence(arrays, 0, _("the list of all arrays in the auxiliary data"))
    each = assert_sequence(model.loss({}, X, Y, state, averaged=False), 2, "averaged=False")[0]
    assert_close(each, [0.6931], atol=5e-5, what=_("the loss with averaged=False"))


@in_sandbox
def supply_square(submission):
    """The loss is the square of the parameter, whatever the batch is."""
    submission.bind(
        **{
            "Classifier.loss": lambda self, params, X, Y, state, averaged=True: (
                params["w"] ** 2,
                {},
            )
        }
    )


@pytest.mark.stub("Classifier.training_step")
def test_training_step_example(submission):
    """With the loss w ** 2 it returns ((9, {}), {"w": 6}) for w = 3."""
    supply_square(submission)
    model, state = example_model(submission)
    batch = (np.zeros((1, 2), np.float32), np.array([0]))
    result = model.training_step({"w": np.float32(3)}, batch, state)
    value, grads = assert_sequence(result, 2, "training_step(params, batch, state)")
    assert_number(assert_sequence(value, 2, _("the value"))[0], 9.0, what=_("the loss"))
    gradient = assert_sequence(arrays_in(submission, grads), 1, _("the list of all gradients"))[0]
    assert_number(gradient, 6.0, what=_("the gradient"))


@pytest.mark.stub("Classifier.accuracy")
def test_accuracy_example(submission):
    """For scores [[1, 3], [2, 0]] and labels [1, 1] the accuracy is 0.5, one by one [1, 0]."""
    model, state = example_model(submission)
    X, Y = (np.array([[1, 3], [2, 0]], np.float32),), np.array([1, 1])
    what = "accuracy(params, X, Y, state)"
    assert_number(model.accuracy({}, X, Y, state), 0.5, what=what)
    each = model.accuracy({}, X, Y, state, averaged=False)
    assert_close(each, [1.0, 0.0], what=_("the accuracy with averaged=False"))


@in_sandbox
def supply_constants(submission, loss, accuracy):
    """Every loss and every accuracy is one of these numbers."""

    def constant_loss(self, params, X, Y, state, averaged=True):
        return (loss if averaged else [loss] * len(Y)), {}

    def constant_accuracy(self, params, X, Y, state, averaged=True):
        return accuracy if averaged else [accuracy] * len(Y)

    submission.bind(**{"Classifier.loss": constant_loss})
    submission.bind(**{"Classifier.accuracy": constant_accuracy})


@pytest.mark.stub("Classifier.validation_step")
def test_validation_step_example(submission):
    """With a loss of 0.5 and an accuracy of 1 it returns {"loss": 0.5, "acc": 1}, or (0.5, 1)."""
    supply_constants(submission, 0.5, 1.0)
    model, state = example_model(submission)
    batch = (np.zeros((1, 2), np.float32), np.array([0]))
    result = model.validation_step({}, batch, state)
    if isinstance(result, dict):
        assert {"loss", "acc"} <= set(result), _('it should have the keys "loss" and "acc"')
        result = [result["loss"], result["acc"]]
    assert_close(
        assert_sequence(result, 2, "validation_step(params, batch, state)"),
        [0.5, 1.0],
        what="[loss, acc]",
    )


@in_sandbox
def one_step(submission, model, weight, gradient):
    """The weight after one step of the model's optimizer."""
    import optax

    optimizer = getattr(submission, "Classifier.configure_optimizers")(model)
    updates, _memory = optimizer.update(gradient, optimizer.init(weight), weight)
    return optax.apply_updates(weight, updates)


@pytest.mark.stub("Classifier.configure_optimizers")
def test_configure_optimizers_example(submission):
    """A weight of 1 with the gradient 2 and lr = 0.1 becomes 0.8 by one step."""
    model, _state = example_model(submission)
    weight = one_step(submission, model, np.ones(1, np.float32), np.full(1, 2, np.float32))
    assert_close(weight, [0.8], what=_("the weight"))


@in_sandbox
def state_after(submission, weight, gradient):
    """The weight after next_state, with plain SGD and lr = 0.1."""
    import typing

    import optax
    from flax.training import train_state

    class State(train_state.TrainState):
        batch_stats: typing.Any

    params, tx = {"w": weight}, optax.sgd(0.1)
    state = State.create(apply_fn=None, params=params, tx=tx, batch_stats={})
    return submission.next_state(state, {"w": gradient}, {}).params["w"]


@pytest.mark.stub("next_state")
def test_next_state_example(submission):
    """A weight of 1 with the gradient 2 and lr = 0.1 is 0.8 in the new state."""
    assert_number(state_after(submission, np.float32(1), np.float32(2)), 0.8)
