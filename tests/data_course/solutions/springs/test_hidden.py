"""Hidden checks of springs."""

import pytest
import torch

from grader.checking import _, assert_between, assert_same, in_sandbox
from grader.checking.training import hidden_error


@pytest.mark.stub("features")
def test_features(submission, reference, rng):
    """features adds weight / stiffness and ones."""
    X = torch.rand(4, 3, generator=rng) + 1
    assert_same(submission, reference, "features(X)", X)


@in_sandbox
def fitted(submission, name):
    return submission.fit(*submission.data.tensors(name, "train"))


@pytest.mark.stub("fit")
@pytest.mark.tier("training")
def test_fit(submission, reference, dataset):
    """Springs that it has never seen are predicted to 3 mm."""
    weights = fitted(submission, dataset.name)
    problem = _("fit(X, y) gives no tensor of shape (5, 1)")
    error = hidden_error(lambda X: reference.features(X) @ weights, dataset, problem)
    assert_between(error, 0, 0.3, what=_("the error on hidden springs"))
