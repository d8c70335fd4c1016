"""Public checks of mlp: the examples of the text, to be run while you work.

They are few on purpose. The hidden checks ask for the same, with other numbers, shapes and batch
sizes.
"""

import pytest
import torch

from grader.checking import _, assert_close, assert_number, assert_sequence, in_sandbox


@pytest.mark.stub("init_params")
def test_init_params_example(submission):
    """w1 has the shape (200, 784) and a standard deviation of about 0.0505, that is sqrt(2 / 784);
    b1 is zero."""
    params = assert_sequence(submission.init_params(), 6, "init_params()")
    w1, b1 = (torch.as_tensor(param).detach() for param in params[:2])
    text = _("w1 has the shape {shape}")
    assert tuple(w1.shape) == (200, 784), text.format(shape=tuple(w1.shape))
    text = _("its standard deviation is {spread:.4f}")
    assert abs(float(w1.std()) - 0.0505) < 0.001, text.format(spread=w1.std())
    assert_close(b1, torch.zeros(200), what="b1")


@in_sandbox
def forward_example(submission):
    """One unit in each layer: x doubled, then plus 1, then made negative."""
    values = {"w1": 2.0, "w2": 1.0, "w3": -1.0}
    submission.bind(**{name: torch.tensor([[value]]) for name, value in values.items()})
    biases = {"b1": 0.0, "b2": 1.0, "b3": 5.0}
    submission.bind(**{name: torch.tensor([value]) for name, value in biases.items()})
    submission.bind(relu=torch.relu)
    return submission.forward(torch.tensor([[1.0], [-1.0], [3.0]]))


@pytest.mark.stub("forward")
def test_forward_example(submission):
    """With one unit in each layer, 5 - (2x + 1) for positive x: 1, -1 and 3 become 2, 4 and 0."""
    assert_close(forward_example(submission), [[2.0], [4.0], [0.0]], what="forward(x)")


@pytest.mark.stub("relu")
def test_relu_example(submission):
    """relu([-2, 0, 3]) is [0, 0, 3]."""
    assert_close(submission.relu(torch.tensor([-2.0, 0.0, 3.0])), [0.0, 0.0, 3.0])


@pytest.mark.stub("leaky_relu")
def test_leaky_relu_example(submission):
    """leaky_relu([-2, 3]) is [-0.02, 3], and with negative_slope=0.2 it is [-0.4, 3]."""
    x = torch.tensor([-2.0, 3.0])
    assert_close(submission.leaky_relu(x), [-0.02, 3.0])
    assert_close(submission.leaky_relu(x, negative_slope=0.2), [-0.4, 3.0])


@pytest.mark.stub("selu")
def test_selu_example(submission):
    """selu([-1, 0, 1]) is [-1.1113, 0, 1.0507]."""
    x = torch.tensor([-1.0, 0.0, 1.0])
    assert_close(submission.selu(x), [-1.1113, 0.0, 1.0507], atol=1e-4)


@pytest.mark.stub("softplus")
def test_softplus_example(submission):
    """softplus([0, 3]) is [0.6931, 3.0486]."""
    x = torch.tensor([0.0, 3.0])
    assert_close(submission.softplus(x), [0.6931, 3.0486], atol=1e-4)


@in_sandbox
def mlp_example(submission):
    net = submission.MLP("leaky_relu")
    return net(torch.zeros(5, 784)).shape, sum(p.numel() for p in net.parameters())


@pytest.mark.stub("MLP")
def test_mlp_example(submission):
    """MLP("leaky_relu") turns (5, 784) into (5, 10) and has 199,210 parameters."""
    shape, count = assert_sequence(mlp_example(submission), 2, _("the result"))
    assert_close(list(shape), [5, 10], what=_("the shape"))
    assert_number(count, 199_210, what=_("the number of parameters"))


@in_sandbox
def three_images(submission, train):
    """A network that gives the outputs 0 and 1 to every image; labels 1, 1 and then 0."""
    net = torch.nn.Linear(784, 2)
    torch.nn.init.zeros_(net.weight)
    with torch.no_grad():
        net.bias.copy_(torch.tensor([0.0, 1.0]))
    images = torch.ones(3, 1, 28, 28)
    batches = [(images[:2], torch.tensor([1, 1])), (images[2:], torch.tensor([0]))]
    criterion, device = torch.nn.CrossEntropyLoss(), torch.device("cpu")
    if not train:
        return submission.evaluate(net, batches, criterion, device)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.0)
    return submission.train_epoch(net, batches, criterion, optimizer, device)


@pytest.mark.stub("train_epoch")
def test_train_epoch_example(submission):
    """Losses of .3133, .3133 and 1.3133 in batches of two and one have the mean .6466."""
    assert_number(three_images(submission, True), 0.6466, tolerance=1e-4)


@pytest.mark.stub("evaluate")
def test_evaluate_example(submission):
    """The same three images, two of them recognised: (.6466, .6667)."""
    pair = assert_sequence(three_images(submission, False), 2, "evaluate(...)")
    assert_close(list(pair), [0.6466, 0.6667], atol=1e-4, what="(loss, accuracy)")


OWN = ["relu", "leaky_relu", "selu", "softplus"]


# Without points: the hidden checks have the same rule, and there it decides about all of them. This
# one looks at the source alone, for an answer at once.
@pytest.mark.gate
@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.stub(name)) for name in OWN])
def test_is_own(from_scratch, name):
    """It is built by you, not by the ready-made version in PyTorch."""
    from_scratch(name)
