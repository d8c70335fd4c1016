"""Public checks of springs."""

import pytest
import torch

from grader.checking import assert_close


@pytest.mark.stub("features")
def test_features_example(submission):
    """features([[6, 3, 10]]) is [[6, 3, 10, 2, 1]]."""
    found = submission.features(torch.tensor([[6.0, 3.0, 10.0]]))
    assert_close(found, [[6.0, 3.0, 10.0, 2.0, 1.0]], what="features(X)")


@pytest.mark.stub("fit")
@pytest.mark.gate
def test_fit_shape(submission):
    """fit gives five weights."""
    found = submission.fit(torch.rand(9, 3) + 1, torch.rand(9))
    assert_close(torch.tensor(found.shape), [5, 1], what="fit(X, y)")
