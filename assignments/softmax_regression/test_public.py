"""Public checks of softmax_regression: the examples of the text, to be run while you work.

They are few on purpose. The hidden checks ask for the same, with other numbers, shapes and batch
sizes.
"""

import pytest
import torch

from grader.checking import _, assert_close, assert_number, assert_sequence, cases, in_sandbox


@pytest.mark.stub("softmax")
def test_softmax_example(submission):
    """softmax([[1, 2], [3, 3]]) is [[0.2689, 0.7311], [0.5, 0.5]]."""
    submission.bind(W=torch.eye(2), b=torch.zeros(2))  # some softmax hold the linear layer
    result = submission.softmax(torch.tensor([[1.0, 2.0], [3.0, 3.0]]))
    assert_close(result, [[0.2689, 0.7311], [0.5, 0.5]], atol=5e-5)


@pytest.mark.stub("W")
def test_weight_example(submission):
    """W is a tensor of shape (784, 10) that requires gradients."""
    assert_learnable(submission.W, "W", (784, 10))


@pytest.mark.stub("b")
def test_bias_example(submission):
    """b is a tensor of shape (10,) that requires gradients."""
    assert_learnable(submission.b, "b", (10,))


def assert_learnable(value, name, shape):
    is_tensor = isinstance(value, torch.Tensor) and tuple(value.shape) == shape
    assert is_tensor, _("{name} is not a tensor of shape {shape}").format(name=name, shape=shape)
    assert value.requires_grad, _("{name} does not require gradients").format(name=name)


@in_sandbox
def net_of_zeros(submission, n):
    submission.bind(W=torch.zeros(784, 10), b=torch.zeros(10))
    return submission.net(torch.zeros(n, 1, 28, 28))


@pytest.mark.stub("net")
@pytest.mark.uses("softmax")
def test_net_example(submission):
    """With W and b all zero, net gives two images ten times the probability 0.1."""
    assert_close(net_of_zeros(submission, 2), torch.full((2, 10), 0.1), what="net(X)")


@pytest.mark.stub("cross_entropy")
def test_cross_entropy_example(submission):
    """cross_entropy([[0.5, 0.5]], [0]) is [0.6931], the logarithm of 2."""
    result = submission.cross_entropy(torch.tensor([[0.5, 0.5]]), torch.tensor([0]))
    assert_close(result, [0.6931], atol=5e-5, shape_hint=_("one loss per example"))


@pytest.mark.stub("accuracy")
def test_accuracy_example(submission):
    """accuracy([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]], [1, 1, 1]) is 2."""
    y_hat = torch.tensor([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]])
    cases.assert_count(submission, y_hat, torch.tensor([1, 1, 1]), 2.0)


@pytest.mark.stub("Accumulator")
def test_accumulator_example(submission):
    """Adding (3, 4) and then (0.5, 4) gives 3.5 and 8."""
    sums = submission.Accumulator(2)
    sums.add(3, 4)
    sums.add(0.5, 4)
    assert_close([sums[0], sums[1]], [3.5, 8.0], what=_("the pair of sums"))


@in_sandbox
def evaluate_example(submission):
    batches = [
        (torch.tensor([[0.9, 0.1], [0.2, 0.8]]), torch.tensor([0, 1])),
        (torch.tensor([[0.9, 0.1]]), torch.tensor([1])),
    ]
    net = lambda *given: next(v for v in given if v.shape[-1] == 2)  # noqa: E731
    return submission.evaluate_accuracy(net, batches)  # some nets take W and b, too


@pytest.mark.stub("evaluate_accuracy")
@pytest.mark.uses("accuracy", "Accumulator")
def test_evaluate_accuracy_example(submission):
    """Two right in a batch of two and none in a batch of one: the accuracy is 2/3."""
    assert_number(evaluate_example(submission), 2 / 3)


@in_sandbox
def sgd_example(submission):
    param = torch.tensor([1.0, 2.0], requires_grad=True)
    param.grad = torch.tensor([10.0, -10.0])
    submission.sgd([param], 0.1, 5)
    return param.detach()


@pytest.mark.stub("sgd")
def test_sgd_example(submission):
    """[1, 2] with gradients [10, -10], lr 0.1 and batch size 5 becomes [0.8, 2.2]."""
    assert_close(sgd_example(submission), [0.8, 2.2], what=_("the parameter"))


@in_sandbox
def updater_example(submission):
    W = torch.ones(2, 1, requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    W.grad, b.grad = torch.tensor([[4.0], [8.0]]), torch.tensor([2.0])
    submission.bind(W=W, b=b, lr=0.5)
    submission.updater(2)
    return submission.W.detach().flatten(), submission.b.detach()


@pytest.mark.stub("updater")
@pytest.mark.uses("sgd")
def test_updater_example(submission):
    """updater(2) with lr 0.5 moves W = [1, 1] with gradients [4, 8] to [0, -1], and b too."""
    W, b = assert_sequence(updater_example(submission), 2, "W and b")
    assert_close(W, [0.0, -1.0], what="W")
    assert_close(b, [-0.5], what="b")


@in_sandbox
def epoch_example(submission):
    """Half the probability for the true class everywhere; nothing learns."""
    batches = [(torch.ones(2, 2), torch.tensor([0, 1])), (torch.ones(1, 2), torch.tensor([1]))]
    weight = torch.zeros(2, requires_grad=True)

    def net(*given):  # some nets take W and b, too
        return torch.softmax(next(v for v in given if v.shape[-1] == 2) + weight, dim=1)

    def loss(*given):  # in any order
        y, y_hat = sorted(given, key=torch.Tensor.dim)
        return -torch.log(y_hat[range(len(y)), y])

    def updater(batch_size, *rest, **named):  # some take W and b, too
        pass

    return submission.train_epoch(net, batches, loss, updater)


@pytest.mark.stub("train_epoch")
@pytest.mark.uses("accuracy", "Accumulator")
def test_train_epoch_example(submission):
    """Three examples with loss 0.6931, one of them right: (0.6931, 1/3)."""
    pair = assert_sequence(epoch_example(submission), 2, "train_epoch(...)")
    assert_close(list(pair), [0.6931, 1 / 3], atol=1e-4, what="(loss, accuracy)")


@in_sandbox
def train_example(submission):
    """Four of five examples are right, each has a loss of 0.4, and nothing learns."""
    weight = torch.zeros(2, requires_grad=True)
    X = torch.eye(2)[[0, 1, 0, 1, 0]]
    batches = [(X, torch.tensor([0, 1, 0, 1, 1]))]

    def net(*given):  # some nets take W and b, too
        return next(v for v in given if v.shape[-1] == 2) + weight

    def loss(*given):  # in any order
        return (max(given, key=torch.Tensor.dim) * 0).sum(1) + 0.4

    def updater(batch_size, *rest, **named):  # some take W and b, too
        pass

    return submission.train(net, batches, batches, loss, 2, updater)


@pytest.mark.stub("train")
@pytest.mark.uses("train_epoch", "evaluate_accuracy", "accuracy", "Accumulator")
def test_train_example(submission):
    """Two epochs with loss 0.4, accuracy 0.8 and test accuracy 0.8 give two equal triples."""
    rows = assert_sequence(train_example(submission), 2, "train(...)")
    assert_close([list(row) for row in rows], [[0.4, 0.8, 0.8]] * 2, what=_("the history"))


@in_sandbox
def predict_example(submission):
    """Two images whose first ten pixels are the scores of the classes."""
    X = torch.zeros(2, 784)
    X[[0, 1], [9, 2]] = 1.0
    batches = [(X.reshape(2, 1, 28, 28), torch.tensor([9, 3]))]

    def net(*given):  # some nets take W and b, too
        images = next(value for value in given if value.shape[-1] == 28)
        return images.reshape(len(images), -1)[:, :10]

    return submission.predict(net, batches, 2)


@pytest.mark.stub("predict")
def test_predict_example(submission):
    """Labels 9 and 3, predicted as 9 and 2: ankle boot, dress; ankle boot, pullover."""
    true, predicted = assert_sequence(predict_example(submission), 2, "predict(...)")
    assert list(true) == ["ankle boot", "dress"], _("the true labels are wrong")
    assert list(predicted) == ["ankle boot", "pullover"], _("the predicted labels are wrong")


OWN = ["softmax", "cross_entropy", "sgd", "updater"]


# Without points: the hidden checks have the same rule, and there it decides about all of them. This
# one looks at the source alone, for an answer at once.
@pytest.mark.gate
@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.stub(name)) for name in OWN])
def test_is_own(from_scratch, name):
    """It is built by you, not by the ready-made version in PyTorch."""
    from_scratch(name)
