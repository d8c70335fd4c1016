"""Public checks of logistic_regression: the examples of the text, to be run while you work.

They are few on purpose. The hidden checks ask for the same, with other numbers and shapes.
"""

import pytest
import torch

from grader.checking import _, assert_close
from grader.checking.comparison import as_tensor


@pytest.mark.stub("sigmoid")
def test_sigmoid_example(submission):
    """sigmoid([0, 2, -2]) is [0.5, 0.8808, 0.1192]."""
    result = submission.sigmoid(torch.tensor([0.0, 2.0, -2.0]))
    assert_close(result, [0.5, 0.8808, 0.1192], atol=5e-5)


@pytest.mark.stub("entropy")
def test_entropy_example(submission):
    """entropy([[0.5, 0.5], [1, 0]]) is [0.6931, 0]."""
    result = submission.entropy(torch.tensor([[0.5, 0.5], [1.0, 0.0]]))
    assert_close(result, [0.6931, 0.0], atol=5e-5, shape_hint=_("one number per row"))


@pytest.mark.stub("cross_entropy")
def test_cross_entropy_example(submission):
    """cross_entropy([0.5, 0.5], [0.9, 0.1]) is 1.2040."""
    result = submission.cross_entropy(torch.tensor([0.5, 0.5]), torch.tensor([0.9, 0.1]))
    assert_close(result, 1.2040, atol=5e-5, shape_hint=_("one number"))


@pytest.mark.stub("kl_divergence")
def test_kl_divergence_example(submission):
    """kl_divergence([0.5, 0.5], [0.9, 0.1]) is 0.5108."""
    result = submission.kl_divergence(torch.tensor([0.5, 0.5]), torch.tensor([0.9, 0.1]))
    assert_close(result, 0.5108, atol=5e-5, shape_hint=_("one number"))


@pytest.mark.stub("cross_entropy_from_logits")
def test_from_logits_example(submission):
    """Logits [[-2.3, 4, 1.5], [-5, 2, 8]] and classes [2, 1] give 4.2915.

    Source: document 000.
    """
    logits = torch.tensor([[-2.3, 4.0, 1.5], [-5.0, 2.0, 8.0]])
    result = submission.cross_entropy_from_logits(logits, torch.tensor([2, 1]))
    assert_close(result, 4.2915, atol=5e-5, shape_hint=_("the mean over the batch"))


@pytest.mark.stub("accuracy_gradient")
@pytest.mark.gate
@pytest.mark.uses("sigmoid")
def test_accuracy_gradient_example(submission):
    """For two weights the gradient is a tensor of shape (2,)."""
    X, y = torch.tensor([[1.0, 2.0], [-1.0, 0.5], [2.0, 1.0]]), torch.tensor([0, 1, 1])
    result = submission.accuracy_gradient(torch.tensor([1.0, -1.0]), X, y)
    shape = as_tensor(result).shape
    assert shape == (2,), _("its shape is {shape}").format(shape=tuple(shape))


OWN = ["sigmoid", "entropy", "cross_entropy", "kl_divergence", "cross_entropy_from_logits"]


# Without points: the hidden checks have the same rule, and there it decides about all of them. This
# one looks at the source alone, for an answer at once.
@pytest.mark.gate
@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.stub(name)) for name in OWN])
def test_is_own(from_scratch, name):
    """It is built by you, not by the ready-made version in PyTorch."""
    from_scratch(name)
