"""Public checks of shapes."""

import pytest
import torch

from grader.checking import assert_close


@pytest.mark.stub("scores")
def test_scores_of_nothing(submission):
    """scores is b where all pixels are 0."""
    b = torch.tensor([1.0, 2.0, 3.0])
    found = submission.scores(torch.zeros(1, 3, 12, 20), torch.ones(720, 3), b)
    assert_close(found, [[1.0, 2.0, 3.0]], what="scores(X, W, b)")


@pytest.mark.stub("fit")
@pytest.mark.gate
def test_fit_shapes(submission):
    """fit gives W and b."""
    W, b = submission.fit(torch.rand(6, 3, 12, 20), torch.arange(6) % 3, 1, 0.1)
    assert_close(torch.tensor([*W.shape, *b.shape]), [720, 3, 3], what="fit(X, y, epochs, lr)")
