"""Public checks of convolution: the examples of the text, which students run while they work."""

import pytest
import torch

from grader.checking import assert_close


@pytest.mark.stub("scale_columns")
def test_scale_columns_example(submission):
    """scale_columns([[1, -8], [2, 4]]) is [[0.5, -1], [1, 0.5]]."""
    result = submission.scale_columns(torch.tensor([[1.0, -8.0], [2.0, 4.0]]))
    assert_close(result, [[0.5, -1.0], [1.0, 0.5]], what="scale_columns(X)")
