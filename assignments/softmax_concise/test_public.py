"""Public checks of softmax_concise: the examples of the text, to be run while you work.

They are few on purpose. The hidden checks ask for the same, with other numbers, shapes and batch
sizes.
"""

import pytest
import torch

from grader.checking import _, assert_close, assert_number, assert_sequence, in_sandbox


@in_sandbox
def shape_of_logits(submission, n):
    X = torch.zeros(n, 1, 28, 28, device=submission.data.device)
    return list(submission.make_net()(X).shape)


@pytest.mark.stub("make_net")
def test_make_net_example(submission):
    """make_net() turns two images into two rows of ten logits."""
    assert_close(shape_of_logits(submission, 2), [2, 10], what=_("the shape of the logits"))


@in_sandbox
def spread_of_weights(submission):
    layer = torch.nn.Linear(784, 10)
    submission.init_weights(layer)
    return layer.weight.detach().std()


@pytest.mark.stub("init_weights")
def test_init_weights_example(submission):
    """After init_weights, a linear layer's weights have a standard deviation of about 0.01."""
    # 7,840 draws: the standard deviation of their standard deviation is 8e-5; 0.0006 is 7.5 of it.
    spread = spread_of_weights(submission)
    assert_number(spread, 0.01, tolerance=6e-4, what=_("the standard deviation"))


@pytest.mark.stub("make_loss")
def test_make_loss_example(submission):
    """The loss of the logits [[-2.3, 4, 1.5], [-5, 2, 8]] for the classes 2, 1 is
    [2.5806, 6.0025], or their mean 4.2915."""
    logits = torch.tensor([[-2.3, 4, 1.5], [-5, 2, 8]])
    result = submission.make_loss()(logits, torch.tensor([2, 1]))
    many = isinstance(result, torch.Tensor) and result.dim() > 0
    assert_close(result, [2.5806, 6.0025] if many else 4.2915, atol=1e-4, what=_("the loss"))


@in_sandbox
def trainer_example(submission):
    layer = torch.nn.Linear(1, 1)
    torch.nn.init.ones_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    layer(torch.tensor([[2.0]])).sum().backward()
    submission.make_trainer(layer).step()
    return [layer.weight.item(), layer.bias.item()]


@pytest.mark.stub("make_trainer")
def test_make_trainer_example(submission):
    """A step with the default learning rate takes weight 1 and bias 0 with the gradients 2 and 1
    to 0.8 and -0.1."""
    assert_close(trainer_example(submission), [0.8, -0.1], what="(weight, bias)")


@in_sandbox
def train_example(submission, reduction):
    layer = torch.nn.Linear(2, 2, bias=False)
    torch.nn.init.eye_(layer.weight)
    batches = [
        (torch.tensor([[1.0, 0.0], [0.0, 2.0], [0.0, 1.0]]), torch.tensor([0, 1, 1])),
        (torch.tensor([[3.0, 0.0], [0.5, 0.0]]), torch.tensor([0, 1])),
    ]
    loss = torch.nn.CrossEntropyLoss(reduction=reduction)
    still = torch.optim.SGD(layer.parameters(), lr=0.0)
    return submission.train(layer, batches, batches[:1], loss, 1, still)


@pytest.mark.stub("train")
def test_train_example(submission):
    """Five examples in batches of 3 and 2, nothing learned: [(0.3552, 0.8, 1.0)]."""
    (row,) = assert_sequence(train_example(submission, "none"), 1, "train(...)")
    triple = assert_sequence(row, 3, _("an epoch of train(...)"))
    assert_close(list(triple), [0.3552, 0.8, 1.0], atol=1e-4, what=_("the triple"))
