"""Public checks of convolution: the examples of the text, which students run while they work."""

import pytest
import torch

from grader.checking import _, assert_close, assert_number, assert_sequence, in_sandbox


def counted(*shape):
    """The numbers 0, 1, 2, … in a shape."""
    return torch.arange(float(torch.Size(shape).numel())).reshape(shape)


@pytest.mark.stub("corr2d")
def test_corr2d_example(submission):
    """corr2d of [[0, 1, 2], [3, 4, 5], [6, 7, 8]] and [[0, 1], [2, 3]] is [[19, 25], [37, 43]]."""
    result = submission.corr2d(counted(3, 3), counted(2, 2))
    assert_close(result, [[19.0, 25.0], [37.0, 43.0]], what="corr2d(X, K)")


@pytest.mark.stub("corr2d")
@pytest.mark.gate
def test_corr2d_rule(from_scratch):
    """corr2d is built by you, not by PyTorch's own convolution."""
    from_scratch("corr2d", [counted(3, 3), counted(2, 2)])


@in_sandbox
def layer_of(submission, shape, X):
    """The parameters of a new layer, and its output."""
    layer = submission.Conv2D(shape).to(X.device)
    return {name: value.detach() for name, value in layer.named_parameters()}, layer(X)


@pytest.mark.stub("Conv2D")
@pytest.mark.uses("corr2d")
def test_layer_example(submission):
    """A Conv2D for kernels (3, 3) has a weight (3, 3) and a bias (1,), and makes (26, 26) of (28,
    28)."""
    parameters, output = layer_of(submission, (3, 3), torch.ones(28, 28))
    assert sorted(parameters) == ["bias", "weight"], _("its parameters are {names}").format(
        names=sorted(parameters)
    )
    expected = torch.full((26, 26), float(parameters["weight"].sum() + parameters["bias"].sum()))
    assert_close(output, expected, what="Conv2D((3, 3))(X)")


@pytest.mark.stub("Conv2D")
@pytest.mark.uses("corr2d")
@pytest.mark.gate
def test_layer_rule(from_scratch):
    """Conv2D is built by you, not by PyTorch's own convolution."""
    from_scratch("Conv2D", [(2, 2)], [counted(3, 3)])


@pytest.mark.stub("output_size")
def test_output_size_examples(submission):
    """output_size(28, 5, 2, 1) is 28, output_size(8, 3, 1, 2) is 4,
    output_size(5, 2, 0, 2) is 2."""
    for sizes, expected in (((28, 5, 2, 1), 28), ((8, 3, 1, 2), 4), ((5, 2, 0, 2), 2)):
        assert_number(submission.output_size(*sizes), expected, what=f"output_size{sizes}")


@pytest.mark.stub("pad2d")
def test_pad2d_example(submission):
    """pad2d(torch.ones(1, 1, 1, 1), 1) is a 1 with zeros around it."""
    expected = [[[[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]]]
    assert_close(submission.pad2d(torch.ones(1, 1, 1, 1), 1), expected, what="pad2d(X, 1)")


def two_channels():
    """The image and the kernel of the text."""
    X = torch.stack([counted(3, 3), counted(3, 3) + 1]).unsqueeze(0)
    K = torch.stack([counted(2, 2), counted(2, 2) + 1]).unsqueeze(0)
    return X, K


@pytest.mark.stub("conv2d")
@pytest.mark.uses("pad2d", "output_size", "corr2d")
def test_conv2d_channels_example(submission):
    """conv2d makes two output channels of two input channels as in the text."""
    X, K = two_channels()
    expected = [[[[56.0, 72.0], [104.0, 120.0]], [[76.0, 100.0], [148.0, 172.0]]]]
    assert_close(submission.conv2d(X, torch.cat([K, K + 1])), expected, what="conv2d(X, K)")


@pytest.mark.stub("conv2d")
@pytest.mark.uses("pad2d", "output_size", "corr2d")
def test_conv2d_stride_example(submission):
    """With padding 1 and stride 2, conv2d gives [[4, 26], [57, 120]] for the text's image and
    kernel."""
    X, K = two_channels()
    result = submission.conv2d(X, K, padding=1, stride=2)
    assert_close(result, [[[[4.0, 26.0], [57.0, 120.0]]]], what="conv2d(X, K, padding=1, stride=2)")


@pytest.mark.stub("conv2d")
@pytest.mark.uses("pad2d", "output_size", "corr2d")
@pytest.mark.gate
def test_conv2d_rule(from_scratch):
    """conv2d is built by you, not by PyTorch's own convolution."""
    from_scratch("conv2d", list(two_channels()))


@pytest.mark.stub("pool2d")
@pytest.mark.uses("output_size")
def test_pool2d_examples(submission):
    """For [[0, 1, 2], [3, 4, 5], [6, 7, 8]], pool2d gives [[4, 5], [7, 8]] with size 2 and
    stride 1,
    and the mean 2 with size 2 and "avg"."""
    X = counted(1, 1, 3, 3)
    largest = submission.pool2d(X, 2, stride=1)
    assert_close(largest, [[[[4.0, 5.0], [7.0, 8.0]]]], what="pool2d(X, 2, stride=1)")
    assert_close(submission.pool2d(X, 2, mode="avg"), [[[[2.0]]]], what='pool2d(X, 2, "avg")')


@pytest.mark.stub("pool2d")
@pytest.mark.uses("output_size")
@pytest.mark.gate
def test_pool2d_rule(from_scratch):
    """pool2d is built by you, not by PyTorch's own pooling."""
    from_scratch("pool2d", [counted(1, 1, 4, 4), 2])


SHAPES = [(6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), (400, 84), (84,), (84, 10), (10,)]


@in_sandbox
def drawn(submission):
    """Parameters, and whether each of them requires gradients."""
    params = list(submission.init_params())
    return [param.detach() for param in params], [param.requires_grad for param in params]


@pytest.mark.stub("init_params")
def test_init_shapes_example(submission):
    """init_params gives eight tensors of the shapes of the table, which require gradients."""
    params, learnable = drawn(submission)
    assert_sequence(params, 8, "init_params()")
    shapes = [tuple(param.shape) for param in params]
    assert shapes == SHAPES, _("the shapes are {shapes}").format(shapes=shapes)
    assert all(learnable), _("not every parameter requires gradients")


def parameters():
    """Parameters whose numbers are small and known."""
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(shape, generator=generator) * 0.1 for shape in SHAPES]


@pytest.mark.stub("lenet")
@pytest.mark.uses("conv2d", "pool2d", "pad2d", "output_size")
def test_lenet_shape(submission):
    """lenet makes ten scores of each image."""
    scores = submission.lenet(torch.rand(3, 1, 28, 28), parameters())
    shape = tuple(scores.shape) if isinstance(scores, torch.Tensor) else type(scores).__name__
    assert shape == (3, 10), _("lenet(X, params) for three images is {shape}").format(shape=shape)


@pytest.mark.stub("lenet")
@pytest.mark.uses("conv2d", "pool2d", "pad2d", "output_size")
@pytest.mark.gate
def test_lenet_rule(from_scratch):
    """lenet is built of your conv2d and pool2d, not of PyTorch's own."""
    from_scratch("lenet", [torch.rand(2, 1, 28, 28), parameters()])


@in_sandbox
def trained(submission, params, X, y):
    """The history of a short training."""
    params = [param.detach().clone().requires_grad_() for param in params]
    return [float(loss) for loss in submission.train(params, X, y, 3, 3, 0.01)]


@pytest.mark.stub("train")
@pytest.mark.uses("lenet")
def test_train_learns(submission):
    """Trained on five images for three epochs, train returns three losses, and the last one is
    lower."""
    generator = torch.Generator().manual_seed(0)
    X = torch.rand(5, 1, 28, 28, generator=generator)
    history = trained(submission, parameters(), X, torch.arange(5) % 2)
    assert_sequence(history, 3, _("the history"))
    assert history[2] < history[0], _("the loss does not fall: {history}").format(history=history)


@pytest.mark.stub("train")
@pytest.mark.gate
def test_train_rule(from_scratch):
    """The steps of train are written by you, not taken by an optimizer of torch.optim."""
    from_scratch("train")


@pytest.mark.stub("evaluate")
@pytest.mark.uses("lenet")
def test_evaluate_example(submission):
    """Where only the bias of class 3 is not zero, evaluate gives the fraction of images of class
    3."""
    params = [torch.zeros(shape) for shape in SHAPES]
    params[7][3] = 1.0
    y = torch.tensor([3, 3, 3, 0, 1])
    accuracy = submission.evaluate(params, torch.rand(5, 1, 28, 28), y, 2)
    assert_number(accuracy, 0.6, what="evaluate(params, X, y, batch_size=2)")
