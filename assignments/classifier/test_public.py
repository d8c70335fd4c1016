"""Public checks of classifier: the examples of the text, to be run while you work.

They are few on purpose. The hidden checks ask for the same, with other numbers and shapes.
"""

import pytest
import torch

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
    y_hat, y = torch.zeros(1, 2), torch.tensor([1])
    model = example_model(submission)
    assert_number(model.loss(y_hat, y), 0.6931, tolerance=5e-5, what="loss(y_hat, y)")
    each = model.loss(y_hat, y, averaged=False)
    assert_close(each, [0.6931], atol=5e-5, what="loss(y_hat, y, averaged=False)")


@pytest.mark.stub("Classifier.accuracy")
def test_accuracy_example(submission):
    """With scores [[1, 3], [2, 0]] and labels [1, 1] the accuracy is 0.5, one by one [1, 0]."""
    y_hat, y = torch.tensor([[1.0, 3.0], [2.0, 0.0]]), torch.tensor([1, 1])
    model = example_model(submission)
    assert_number(model.accuracy(y_hat, y), 0.5, what="accuracy(y_hat, y)")
    each = model.accuracy(y_hat, y, averaged=False)
    assert_close(each, [1.0, 0.0], what="accuracy(y_hat, y, averaged=False)")


@in_sandbox
def supply_constants(submission, loss, accuracy):
    """Every loss and every accuracy is one of these numbers."""

    def constant(number):
        def part(self, y_hat, y, averaged=True):
            return torch.tensor(number) if averaged else torch.full((len(y),), number)

        return part

    submission.bind(**{"Classifier.loss": constant(loss)})
    submission.bind(**{"Classifier.accuracy": constant(accuracy)})


@pytest.mark.stub("Classifier.validation_step")
def test_validation_step_example(submission):
    """With a loss of 0.5 and an accuracy of 1 it returns {"loss": 0.5, "acc": 1}."""
    supply_constants(submission, 0.5, 1.0)
    result = example_model(submission).validation_step((torch.zeros(1, 2), torch.tensor([0])))
    text = _("validation_step(batch) is no dictionary: {result!r:.60}")
    assert isinstance(result, dict), text.format(result=result)
    assert {"loss", "acc"} <= set(result), _('it should have the keys "loss" and "acc"')
    assert_close([result["loss"], result["acc"]], [0.5, 1.0], what="[loss, acc]")


@in_sandbox
def optimizer_example(submission):
    class One(submission.Classifier):
        def __init__(self):
            super().__init__(0.1)
            self.weight = torch.nn.Parameter(torch.tensor([1.0]))

        def forward(self, X):
            return X * self.weight

    model = One()
    optimizer = getattr(submission, "Classifier.configure_optimizers")(model)
    model.weight.grad = torch.tensor([2.0])
    optimizer.step()
    return model.weight.detach()


@pytest.mark.stub("Classifier.configure_optimizers")
def test_configure_optimizers_example(submission):
    """A weight of 1 with the gradient 2 and lr = 0.1 becomes 0.8 by one step."""
    assert_close(optimizer_example(submission), [0.8], what=_("the weight"))


@pytest.mark.stub("quick_validation_loss")
def test_quick_validation_loss_example(submission):
    """quick_validation_loss([0.5, 0.7, 0.9]) is 0.7."""
    assert_number(submission.quick_validation_loss([0.5, 0.7, 0.9]), 0.7)


@pytest.mark.stub("validation_loss")
def test_validation_loss_example(submission):
    """validation_loss(3.75, 6.0, 3, 2) is 3.0: the losses are 1, 2 and 6."""
    assert_number(submission.validation_loss(3.75, 6.0, 3, 2), 3.0)


@pytest.mark.stub("optimal_decision")
def test_optimal_decision_example(submission):
    """With p = [0.9, 0.1] and costs [[0, 1], [20, 0]] the best decision is 1; with p = [0.99, 0.01]
    it is 0."""
    costs = torch.tensor([[0.0, 1.0], [20.0, 0.0]])
    for p, best in (([0.9, 0.1], 1), ([0.99, 0.01], 0)):
        assert_number(submission.optimal_decision(torch.tensor(p), costs), best)
