"""Public checks of softmax_classes: the examples of the text, to be run while you work.

They are few on purpose. The hidden checks ask for the same, with other numbers, shapes and batch
sizes.
"""

import pytest
import torch

from grader.checking import _, assert_close, assert_number, assert_sequence, in_sandbox


@pytest.mark.stub("softmax")
def test_softmax_example(submission):
    """softmax([[1, 2], [3, 3]]) is [[0.2689, 0.7311], [0.5, 0.5]]."""
    result = submission.softmax(torch.tensor([[1.0, 2.0], [3.0, 3.0]]))
    assert_close(result, [[0.2689, 0.7311], [0.5, 0.5]], atol=5e-5)


@pytest.mark.stub("params")
def test_params_example(submission):
    """params is [W, b], tensors of shapes (784, 10) and (10,) that require gradients."""
    params = assert_sequence(submission.params, 2, "params")
    for value, name, shape in zip(params, "Wb", [(784, 10), (10,)], strict=True):
        is_tensor = isinstance(value, torch.Tensor) and tuple(value.shape) == shape
        problem = _("{name} in params is not a tensor of shape {shape}")
        assert is_tensor, problem.format(name=name, shape=shape)
        assert value.requires_grad, _("{name} does not require gradients").format(name=name)


@in_sandbox
def model_of_zeros(submission, n):
    return submission.model(torch.zeros(n, 1, 28, 28), [torch.zeros(784, 10), torch.zeros(10)])


@pytest.mark.stub("model")
@pytest.mark.uses("softmax")
def test_model_example(submission):
    """With W and b all zero, model gives two images ten times the probability 0.1."""
    assert_close(model_of_zeros(submission, 2), torch.full((2, 10), 0.1), what="model(X, params)")


@pytest.mark.stub("MyCategoricalCrossEntropy")
def test_categorical_example(submission):
    """With reduction "none", the loss of [[0.2, 0.2, 0.6]] for [[0, 0, 1]] is [0.5108]."""
    loss = submission.MyCategoricalCrossEntropy(reduction="none")
    result = loss(torch.tensor([[0.2, 0.2, 0.6]]), torch.tensor([[0, 0, 1]]))
    assert_close(result, [0.5108], atol=5e-5, shape_hint=_("one loss per example"))


@pytest.mark.stub("MySparseCategoricalCrossEntropy")
def test_sparse_example(submission):
    """With reduction "none", the loss of [[0.2, 0.2, 0.6]] for [2] is [0.5108]."""
    loss = submission.MySparseCategoricalCrossEntropy(reduction="none")
    result = loss(torch.tensor([[0.2, 0.2, 0.6]]), torch.tensor([2]))
    assert_close(result, [0.5108], atol=5e-5, shape_hint=_("one loss per example"))


@in_sandbox
def sgd_example(submission):
    param = torch.tensor([1.0, 2.0], requires_grad=True)
    param.grad = torch.tensor([2.0, 4.0])
    submission.MySGD([param], 0.1).step()
    return param.detach()


@pytest.mark.stub("MySGD")
def test_sgd_example(submission):
    """A step with lr 0.1 takes [1, 2] with gradients [2, 4] to [0.8, 1.6]."""
    assert_close(sgd_example(submission), [0.8, 1.6], what=_("the parameter"))


@pytest.mark.stub("MyAcc")
def test_acc_example(submission):
    """After 2 of 3 right in one batch and 1 of 1 in another, result() is 0.75."""
    metric = submission.MyAcc()
    scores = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.9, 0.1]])
    metric.update_state(scores, torch.tensor([0, 1, 1]))
    metric.update_state(torch.tensor([[0.3, 0.7]]), torch.tensor([1]))
    assert_number(metric.result(), 0.75, what="result()")


@in_sandbox
def epoch_example(submission, training):
    """Costs 0.5 and 1.5 in batches of 3 and 1; the metric always says 0.75."""

    class Metric:
        def reset_state(self):
            pass

        def update_state(self, *given):
            pass

        def result(self):
            return 0.75

    weight = torch.zeros(1, requires_grad=True)
    submission.bind(params=[weight])
    batches = [
        (torch.full((3, 2), 0.5), torch.tensor([0, 1, 1])),
        (torch.full((1, 2), 1.5), torch.tensor([0])),
    ]

    def model(*given):  # X and params, in any order
        (X,) = (value for value in given if isinstance(value, torch.Tensor))
        return X + weight

    def loss(*given):
        return max(given, key=torch.Tensor.dim).mean()

    if not training:
        return submission.valid_epoch(model, batches, loss, Metric())
    optimizer = torch.optim.SGD([weight], lr=0.0)
    return submission.train_epoch(model, batches, loss, optimizer, Metric())


@pytest.mark.stub("train_epoch")
def test_train_epoch_example(submission):
    """With the costs 0.5 and 1.5 in two batches and 3 of 4 predictions right: (1.0, 0.75)."""
    pair = assert_sequence(epoch_example(submission, True), 2, "train_epoch(...)")
    assert_close(list(pair), [1.0, 0.75], what="(cost, accuracy)")


@pytest.mark.stub("valid_epoch")
def test_valid_epoch_example(submission):
    """With the costs 0.5 and 1.5 in two batches and 3 of 4 predictions right: (1.0, 0.75)."""
    pair = assert_sequence(epoch_example(submission, False), 2, "valid_epoch(...)")
    assert_close(list(pair), [1.0, 0.75], what="(cost, accuracy)")


@in_sandbox
def train_example(submission):
    """Four of five and three of four examples are right, with costs of 0.4 and 0.3; nothing
    learns."""
    submission.bind(train_epoch=lambda *parts, **more: (0.4, 0.8))
    submission.bind(valid_epoch=lambda *parts, **more: (0.3, 0.75))

    class Metric:
        right = total = 0

        def update_state(self, *given):
            y, y_hat = sorted(given, key=torch.Tensor.dim)
            self.right += int((y_hat.argmax(1) == y).sum())
            self.total += len(y)

        def result(self):
            return self.right / self.total if self.total else 0.0

        def reset_state(self):
            self.right = self.total = 0

    weight = torch.zeros(2, requires_grad=True)
    submission.bind(params=[weight])

    def model(*given):  # X and params, in any order
        (X,) = (value for value in given if isinstance(value, torch.Tensor))
        return X + weight

    def loss(*given):
        y, y_hat = sorted(given, key=torch.Tensor.dim)
        return (y_hat * 0).sum() + 0.1 * (len(y) - 1)

    return submission.train(
        model,
        [(torch.eye(2)[[0, 1, 0, 1, 0]], torch.tensor([0, 1, 0, 1, 1]))],
        [(torch.eye(2)[[0, 1, 0, 1]], torch.tensor([0, 1, 0, 0]))],
        loss,
        1,
        torch.optim.SGD([weight], lr=0.1),
        Metric(),
    )


@pytest.mark.stub("train")
def test_train_example(submission):
    """One epoch: ([{"loss": 0.4, "acc": 0.8}], [{"loss": 0.3, "acc": 0.75}])."""
    seen, unseen = assert_sequence(train_example(submission), 2, "train(...)")
    for history, (loss, acc) in ((seen, (0.4, 0.8)), (unseen, (0.3, 0.75))):
        (row,) = assert_sequence(history, 1, _("a history"))
        keys = set(row) if isinstance(row, dict) else set()
        assert {"loss", "acc"} <= keys, _('an entry is a dictionary with the keys "loss" and "acc"')
        assert_close([row["loss"], row["acc"]], [loss, acc], what="(loss, acc)")


OWN = ["softmax", "MyCategoricalCrossEntropy", "MySparseCategoricalCrossEntropy", "MySGD"]


# Without points: the hidden checks have the same rule, and there it decides about all of them. This
# one looks at the source alone, for an answer at once.
@pytest.mark.gate
@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.stub(name)) for name in OWN])
def test_is_own(from_scratch, name):
    """It is built by you, not by the ready-made version in PyTorch."""
    from_scratch(name)
