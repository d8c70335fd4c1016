"""Public checks of linear_regression: the examples of the text, to be run while you work.

They are few on purpose. The hidden checks ask for the same, with other numbers, shapes and batch
sizes.
"""

import pytest
import torch

from grader.checking import _, assert_close, assert_sequence, in_sandbox, observe


@in_sandbox
def draw_example(submission):
    return submission.synthetic_data(torch.tensor([2, -3.4]), 4.2, 100)


@pytest.mark.stub("synthetic_data")
def test_synthetic_data_example(submission):
    """100 examples with two weights: X has the shape (100, 2), y the shape (100, 1), and y is never
    further than 1 (ten standard deviations of the noise) from Xw + b."""
    X, y = assert_sequence(draw_example(submission), 2, "synthetic_data(...)")
    shapes = [list(X.shape), list(y.shape)]
    observe(shapes)
    assert shapes == [[100, 2], [100, 1]], _("the shapes are {shapes}").format(shapes=shapes)
    noise = y - (X @ torch.tensor([[2.0], [-3.4]]) + 4.2)
    assert float(noise.abs().max()) < 1, _("y is too far from Xw + b")


@pytest.mark.stub("data_iter")
def test_data_iter_example(submission):
    """10 examples in batches of 4 come as 4, 4 and 2, each once and with its label."""
    X = torch.arange(10.0).reshape(10, 1)
    pairs = [assert_sequence(pair, 2, _("a batch")) for pair in submission.data_iter(4, X, 100 * X)]
    sizes = [len(y) for _, y in pairs]
    observe(sizes)
    assert sizes == [4, 4, 2], _("the batches have the sizes {sizes}").format(sizes=sizes)
    seen = torch.cat([X.flatten() for X, _ in pairs]).sort().values
    assert_close(seen, torch.arange(10.0), what=_("the sorted features"))
    right = all(torch.equal(y.flatten(), 100 * X.flatten()) for X, y in pairs)
    observe(right)
    assert right, _("a label does not belong to its features")


@pytest.mark.stub("linreg")
def test_linreg_example(submission):
    """linreg([[1, 2]], [[3], [4]], [5]) is [[16]]."""
    X, w, b = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0], [4.0]]), torch.tensor([5.0])
    assert_close(submission.linreg(X, w, b), [[16.0]])


@pytest.mark.stub("squared_loss")
def test_squared_loss_example(submission):
    """squared_loss([[3], [1]], [1, 1.5]) is [[2], [0.125]]."""
    result = submission.squared_loss(torch.tensor([[3.0], [1.0]]), torch.tensor([1.0, 1.5]))
    assert_close(result, [[2.0], [0.125]], shape_hint=_("the shape of y_hat"))


@pytest.mark.stub("absolute_loss")
def test_absolute_loss_example(submission):
    """absolute_loss([[3], [1]], [1, 1.5]) is [[2], [0.5]]."""
    result = submission.absolute_loss(torch.tensor([[3.0], [1.0]]), torch.tensor([1.0, 1.5]))
    assert_close(result, [[2.0], [0.5]], shape_hint=_("the shape of y_hat"))


@pytest.mark.stub("huber_loss")
def test_huber_loss_example(submission):
    """huber_loss([[3], [1]], [1, 1.5]) is [[1.5], [0.125]]."""
    result = submission.huber_loss(torch.tensor([[3.0], [1.0]]), torch.tensor([1.0, 1.5]))
    assert_close(result, [[1.5], [0.125]], shape_hint=_("the shape of y_hat"))


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
def train_example(submission):
    def sgd(params, lr, batch_size):
        for param in params:
            param.data -= lr * param.grad / batch_size
            param.grad = None

    def data_iter(batch_size, features, labels):
        return [(features, labels)]

    X, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[2.0], [4.0]])
    w, b = torch.zeros(1, 1, requires_grad=True), torch.zeros(1, requires_grad=True)
    submission.bind(sgd=sgd, data_iter=data_iter)

    def net(*given):  # in any order
        b, w, X = sorted(given, key=lambda value: (value.numel(), value.dim()))
        return X @ w + b

    loss = lambda y_hat, y: (y_hat - y) ** 2 / 2  # noqa: E731
    history = submission.train(net, loss, X, y, w, b, 0.1, 2, 2)
    return history, w.detach()


@pytest.mark.stub("train")
def test_train_example(submission):
    """Two steps on y = 2x from w = 0 give the losses 2.1825 and 0.9649 and w = 0.83."""
    history, w = assert_sequence(train_example(submission), 2, _("the result"))
    assert_close(w, [[0.83]], atol=1e-4, what="w")
    losses = list(assert_sequence(history, 2, "train(...)"))
    assert_close(losses, [2.1825, 0.9649], atol=1e-3, what=_("the list"))


@pytest.mark.stub("load_array")
def test_load_array_example(submission):
    """Three numbers in batches of 2, in their order: [0, 1] and [2]."""
    numbers = torch.arange(3)
    batches = list(submission.load_array((numbers, numbers), 2, is_train=False))
    sizes = [len(batch[0]) for batch in batches]
    observe(sizes)
    assert sizes == [2, 1], _("the batches have the sizes {sizes}").format(sizes=sizes)
    assert_close(batches[0][0], [0, 1], what=_("the first batch"))
    assert_close(batches[1][1], [2], what=_("the second part of the last batch"))


@in_sandbox
def net_of_zeros(submission):
    return submission.make_net()(torch.zeros(5, 2, device=submission.data.device))


@pytest.mark.stub("make_net")
def test_make_net_example(submission):
    """make_net()(zeros of shape (5, 2)) is a column of five zeros, for the bias is 0."""
    assert_close(net_of_zeros(submission), torch.zeros(5, 1))


@in_sandbox
def concise_example(submission):
    net = torch.nn.Linear(1, 1)
    for param in net.parameters():
        torch.nn.init.zeros_(param)
    X, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[2.0], [4.0]])
    trainer = torch.optim.SGD(net.parameters(), lr=0.05)
    return submission.train_concise(net, [(X, y)], torch.nn.MSELoss(), trainer, 2, X, y)


@pytest.mark.stub("train_concise")
def test_train_concise_example(submission):
    """Two steps on y = 2x from w = 0 give the losses 4.365 and 1.9298."""
    losses = list(assert_sequence(concise_example(submission), 2, "train_concise(...)"))
    assert_close(losses, [4.365, 1.9298], atol=1e-3, what=_("the list"))


OWN = ["linreg", "squared_loss", "absolute_loss", "huber_loss", "sgd"]


# Without points: the hidden checks have the same rule, and there it decides about all of them. This
# one looks at the source alone, for an answer at once.
@pytest.mark.gate
@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.stub(name)) for name in OWN])
def test_is_own(from_scratch, name):
    """It is built by you, not by the ready-made version in PyTorch."""
    from_scratch(name)
