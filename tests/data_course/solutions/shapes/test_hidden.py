"""Hidden checks of shapes."""

import pytest
import torch

from grader.checking import _, assert_between, assert_same, in_sandbox
from grader.checking.training import hidden_accuracy


@pytest.mark.stub("scores")
def test_scores(submission, reference, rng):
    """scores multiplies the flattened images by W and adds b."""
    X = torch.rand(4, 3, 12, 20, generator=rng)
    W, b = torch.randn(720, 3, generator=rng), torch.randn(3, generator=rng)
    assert_same(submission, reference, "scores(X, W, b)", X, W, b)


@in_sandbox
def trained(submission, name):
    X, y = submission.data.tensors(name, "train")
    return list(submission.fit(X, y, 120, 0.1))


@pytest.mark.stub("fit")
@pytest.mark.tier("training")
def test_fit(submission, reference, dataset):
    """After 120 steps most shapes that it has never seen are recognised."""
    W, b = trained(submission, dataset.name)
    problem = _("scores(X, W, b) gives no tensor of shape (n, 3)")
    accuracy = hidden_accuracy(lambda X: reference.scores(X, W, b), dataset, problem)
    assert_between(accuracy, 0.8, 1.0, what=_("the accuracy on hidden test images"))
