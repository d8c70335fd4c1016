"""The seven questions. benchmarks/peers.py gives the same functions, without their marks, to the
other graders, where `submission` is the notebook's namespace; so they use plain asserts."""

import pytest
import torch

from grader.checking import in_sandbox


@pytest.mark.stub("softmax")
def test_softmax(submission):
    """Rows of softmax have known values."""
    P = submission.softmax(torch.tensor([[1.0, 2.0], [3.0, 3.0]]))
    assert torch.allclose(P, torch.tensor([[0.2689, 0.7311], [0.5, 0.5]]), atol=1e-4)


@pytest.mark.stub("net")
def test_net(submission):
    """net of zeros is uniform."""
    P = submission.net(torch.rand(4, 1, 28, 28), torch.zeros(784, 10), torch.zeros(10))
    assert torch.allclose(P, torch.full((4, 10), 0.1))


@pytest.mark.stub("cross_entropy")
def test_cross_entropy(submission):
    """cross_entropy has known values."""
    P = torch.tensor([[0.2, 0.2, 0.6], [0.1, 0.8, 0.1]])
    losses = submission.cross_entropy(P, torch.tensor([2, 1]))
    assert torch.allclose(losses, torch.tensor([0.5108, 0.2231]), atol=1e-4)


@pytest.mark.stub("accuracy")
def test_accuracy(submission):
    """accuracy counts."""
    P = torch.tensor([[0.2, 0.6, 0.2], [0.1, 0.1, 0.8], [0.9, 0.05, 0.05]])
    assert submission.accuracy(P, torch.tensor([0, 2, 0])) == 2


@in_sandbox
def accuracy_of_two_batches(submission):
    scores = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3], [0.6, 0.4]])
    batches = [(scores[:3], torch.tensor([0, 1, 1])), (scores[3:], torch.tensor([0]))]
    return submission.evaluate_accuracy(lambda X: X, batches)


@pytest.mark.stub("evaluate_accuracy")
def test_evaluate_accuracy(submission):
    """evaluate_accuracy counts over batches."""
    assert abs(accuracy_of_two_batches(submission) - 0.75) < 1e-6


@in_sandbox
def one_step(submission):
    p = torch.tensor([1.0, 2.0], requires_grad=True)
    p.grad = torch.tensor([2.0, 4.0])
    submission.sgd([p], 0.1, 2)
    return p.detach()


@pytest.mark.stub("sgd")
def test_sgd(submission):
    """sgd takes a step."""
    assert torch.allclose(one_step(submission), torch.tensor([0.9, 1.8]))


@in_sandbox
def two_epochs(submission):
    """The mean losses of two epochs on the 60,000 training images, in batches of 256."""
    torch.manual_seed(0)
    W = torch.normal(0, 0.01, (784, 10), requires_grad=True)
    b = torch.zeros(10, requires_grad=True)
    images, labels = submission.data.tensors("FashionMNIST", "train")
    losses = []
    for _ in range(2):
        order = torch.randperm(len(labels)).split(256)
        batches = ((images[picked], labels[picked]) for picked in order)
        losses.append(submission.train_epoch(W, b, batches, 0.1))
    return losses


@pytest.mark.stub("train_epoch")
@pytest.mark.tier("training")
def test_train_epoch(submission):
    """Two epochs give the losses of the course's table."""
    first, second = two_epochs(submission)
    assert abs(first - 0.7858) < 0.02
    assert abs(second - 0.5705) < 0.02
