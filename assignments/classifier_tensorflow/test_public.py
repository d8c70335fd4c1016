"""Public checks of classifier_tensorflow: the examples of the text, to be run while you work.

They are few on purpose. The hidden checks ask for the same, with other numbers and shapes. Arrays
of NumPy arrive in your code as tensors of TensorFlow.
"""

import numpy as np
import pytest
import tensorflow as tf

from grader.checking import _, assert_close, assert_number, assert_sequence, in_sandbox


@in_sandbox
def example_model(submission):
    """A model that returns its inputs, added up."""

    class Sum(submission.Classifier):
        def call(self, *inputs):
            return sum(inputs)

    return Sum(0.1)


@in_sandbox
def called(submission, name, y_hat, y, options):
    """What a method of the class returns for a model of it."""
    model = submission.Classifier(0.1)
    return getattr(submission, f"Classifier.{name}")(model, y_hat, y, **options)


@pytest.mark.stub("Classifier.loss")
def test_loss_example(submission):
    """With logits [[0, 0]] and label [1] the loss is 0.6931, the logarithm of 2."""
    y_hat, y = np.zeros((1, 2), np.float32), np.array([1])
    mean = called(submission, "loss", y_hat, y, {})
    assert_number(mean, 0.6931, tolerance=5e-5, what="loss(y_hat, y)")
    each = called(submission, "loss", y_hat, y, {"averaged": False})
    assert_close(each, [0.6931], atol=5e-5, what="loss(y_hat, y, averaged=False)")


@pytest.mark.stub("Classifier.accuracy")
def test_accuracy_example(submission):
    """With scores [[1, 3], [2, 0]] and labels [1, 1] the accuracy is 0.5, one by one [1, 0]."""
    y_hat, y = np.array([[1, 3], [2, 0]], np.float32), np.array([1, 1])
    assert_number(called(submission, "accuracy", y_hat, y, {}), 0.5, what="accuracy(y_hat, y)")
    each = called(submission, "accuracy", y_hat, y, {"averaged": False})
    assert_close(each, [1.0, 0.0], what="accuracy(y_hat, y, averaged=False)")


@in_sandbox
def supply_constants(submission, loss, accuracy):
    """Every loss and every accuracy is one of these numbers."""

    def constant(number):
        def part(self, y_hat, y, averaged=True):
            return tf.constant(number) if averaged else tf.fill((len(y),), number)

        return part

    submission.bind(**{"Classifier.loss": constant(loss)})
    submission.bind(**{"Classifier.accuracy": constant(accuracy)})


@pytest.mark.stub("Classifier.validation_step")
def test_validation_step_example(submission):
    """With a loss of 0.5 and an accuracy of 1 it returns {"loss": 0.5, "acc": 1}."""
    supply_constants(submission, 0.5, 1.0)
    batch = (np.zeros((1, 2), np.float32), np.array([0]))
    result = example_model(submission).validation_step(batch)
    text = _("validation_step(batch) is no dictionary: {result!r:.60}")
    assert isinstance(result, dict), text.format(result=result)
    assert {"loss", "acc"} <= set(result), _('it should have the keys "loss" and "acc"')
    assert_close([result["loss"], result["acc"]], [0.5, 1.0], what="[loss, acc]")


@in_sandbox
def optimizer_example(submission):
    model, weight = submission.Classifier(0.1), tf.keras.Variable([1.0])
    optimizer = getattr(submission, "Classifier.configure_optimizers")(model)
    optimizer.apply_gradients([(tf.constant([2.0]), weight)])
    return tf.convert_to_tensor(weight)


@pytest.mark.stub("Classifier.configure_optimizers")
def test_configure_optimizers_example(submission):
    """A weight of 1 with the gradient 2 and lr = 0.1 becomes 0.8 by one step."""
    assert_close(optimizer_example(submission), [0.8], what=_("the weight"))


@in_sandbox
def epoch_example(submission, batches):
    """The loss of an epoch, and the only weight of the model after it."""

    class Scaled(submission.Classifier):
        def __init__(self):
            super().__init__(0.1)
            self.w = self.add_weight(shape=(), initializer="zeros")

        def call(self, X):
            return self.w * X

        def loss(self, y_hat, y, averaged=True):  # of one example of class 1
            return tf.reduce_logsumexp(y_hat) - y_hat[0, 1]

    model = Scaled()
    loss = submission.fit_epoch(model, tf.keras.optimizers.SGD(0.1), batches)
    return [loss, tf.convert_to_tensor(model.w)]


@pytest.mark.stub("fit_epoch")
def test_fit_epoch_example(submission):
    """For the logits w * X with w = 0 and one batch X = [[0, 1]], y = [1] the loss is 0.6931, and w
    is 0.05 afterwards."""
    result = epoch_example(submission, [(np.array([[0, 1]], np.float32), np.array([1]))])
    loss, weight = assert_sequence(result, 2, _("the loss and w"))
    assert_number(loss, 0.6931, tolerance=5e-5, what="fit_epoch(model, optimizer, batches)")
    assert_number(weight, 0.05, what=_("w after the epoch"))
