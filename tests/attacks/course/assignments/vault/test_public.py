"""Public checks of vault: one example for each stub."""

import pytest
import torch

from grader.checking import assert_close, assert_number


@pytest.mark.stub("secret_sum")
def test_secret_sum_example(submission):
    """secret_sum([1, 2]) is 6.5."""
    assert_number(submission.secret_sum(torch.tensor([1.0, 2.0])), 6.5, what="it")


@pytest.mark.stub("predict")
def test_predict_example(submission):
    """An image that equals an example of class 7 is of class 7."""
    examples = torch.arange(10.0).reshape(10, 1, 1, 1).expand(10, 1, 28, 28).clone()
    answer = submission.predict(examples[7:8], examples, torch.arange(10))
    assert_close(answer, [7], what="predict(images, examples, labels)")


@pytest.mark.stub("echo")
def test_echo_example(submission):
    """echo(3) is 3."""
    assert_number(submission.echo(3), 3, what="echo(3)")
