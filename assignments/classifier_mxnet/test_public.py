"""Public checks of classifier_mxnet: the examples of the text, to be run while you work.

They are few on purpose. The hidden checks ask for the same, with other numbers and shapes.
"""

import numpy
import pytest
from mxnet import autograd, gluon, np

from grader.checking import _, assert_close, assert_number, in_sandbox


@in_sandbox
def example_model(submission):
    """A model that returns its inputs, added up."""

    class Sum(submission.Classifier):
        def forward(self, *inputs):
            return sum(inputs)

    return Sum(0.1)


@pytest.mark.stub("Classifier.loss")
def test_loss_example(submission):
    """With logits [[0, 0]] and label [1] the loss is 0.6931, the logarithm of 2."""
    y_hat, y = numpy.zeros((1, 2), "float32"), numpy.array([1])
    model = example_model(submission)
    assert_number(model.loss(y_hat, y), 0.6931, tolerance=5e-5, what="loss(y_hat, y)")
    each = model.loss(y_hat, y, averaged=False)
    assert_close(each, [0.6931], atol=5e-5, what="loss(y_hat, y, averaged=False)")


@pytest.mark.stub("Classifier.accuracy")
def test_accuracy_example(submission):
    """With scores [[1, 3], [2, 0]] and labels [1, 1] the accuracy is 0.5, one by one [1, 0]."""
    y_hat, y = numpy.array([[1, 3], [2, 0]], "float32"), numpy.array([1, 1])
    model = example_model(submission)
    assert_number(model.accuracy(y_hat, y), 0.5, what="accuracy(y_hat, y)")
    each = model.accuracy(y_hat, y, averaged=False)
    assert_close(each, [1.0, 0.0], what="accuracy(y_hat, y, averaged=False)")


@in_sandbox
def supply_constants(submission, loss, accuracy):
    """Every loss and every accuracy is one of these numbers."""

    def constant(number):
        def part(self, y_hat, y, averaged=True):
            return np.array(number) if averaged else np.full((len(y),), number)

        return part

    submission.bind(**{"Classifier.loss": constant(loss)})
    submission.bind(**{"Classifier.accuracy": constant(accuracy)})


@pytest.mark.stub("Classifier.validation_step")
def test_validation_step_example(submission):
    """With a loss of 0.5 and an accuracy of 1 it returns {"loss": 0.5, "acc": 1}."""
    supply_constants(submission, 0.5, 1.0)
    batch = (numpy.zeros((1, 2), "float32"), numpy.array([0]))
    result = example_model(submission).validation_step(batch)
    text = _("validation_step(batch) is no dictionary: {result!r:.60}")
    assert isinstance(result, dict), text.format(result=result)
    assert {"loss", "acc"} <= set(result), _('it should have the keys "loss" and "acc"')
    assert_close([result["loss"], result["acc"]], [0.5, 1.0], what="[loss, acc]")


@in_sandbox
def scratch_example(submission, stub):
    """The shapes of what a stub finds in a model that has W (2, 3) and b (3,)."""

    class Linear(submission.Classifier):
        def __init__(self):
            super().__init__(0.1)
            self.W, self.b = np.ones((2, 3)), np.zeros(3)

    found = getattr(submission, stub)(Linear())
    return sorted(list(array.shape) for array in found)


@pytest.mark.stub("Classifier.get_scratch_params")
def test_get_scratch_params_example(submission):
    """With W of shape (2, 3) and b of shape (3,) it is [W, b]."""
    shapes = scratch_example(submission, "Classifier.get_scratch_params")
    text = _("the arrays in the list have the shapes {shapes}")
    assert shapes == [[2, 3], [3]], text.format(shapes=shapes)


@in_sandbox
def layer_example(submission):
    """What `parameters` returns for a model with one layer, and how many parameters that holds."""

    class Linear(submission.Classifier):
        def __init__(self):
            super().__init__(0.1)
            self.net = gluon.nn.Dense(10)

    found = getattr(submission, "Classifier.parameters")(Linear())
    return type(found).__name__, len(list(found))


@pytest.mark.stub("Classifier.parameters")
def test_parameters_example(submission):
    """With a layer it is a ParameterDict with a weight and a bias."""
    kind, count = layer_example(submission)
    text = _("it is a {kind} with {count} entries")
    assert (kind, count) == ("ParameterDict", 2), text.format(kind=kind, count=count)


@in_sandbox
def optimizer_example(submission):
    class One(submission.Classifier):
        def __init__(self):
            super().__init__(0.1)
            self.weight = np.ones(1)
            self.weight.attach_grad()

    model = One()
    optimizer = getattr(submission, "Classifier.configure_optimizers")(model)
    with autograd.record():
        total = (2 * model.weight).sum()
    total.backward()
    optimizer.step(1)
    return model.weight


@pytest.mark.stub("Classifier.configure_optimizers")
@pytest.mark.uses("Classifier.parameters", "Classifier.get_scratch_params")
def test_configure_optimizers_example(submission):
    """A weight of 1 with the gradient 2 and lr = 0.1 becomes 0.8 by step(1)."""
    assert_close(optimizer_example(submission), [0.8], what=_("the weight"))
