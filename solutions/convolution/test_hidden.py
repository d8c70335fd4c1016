"""Hidden checks of convolution. The first paragraph of a check's docstring is what a student reads
when it fails: it says what is demanded and gives no answer away."""

import pytest
import torch

from grader.checking import (
    _,
    assert_between,
    assert_close,
    assert_each_close,
    assert_number,
    assert_same,
    assert_sequence,
    in_sandbox,
    observe,
    with_shapes,
)
from grader.checking.training import hidden_accuracy, keep_curve

NAMES = ["K1", "b1", "K2", "b2", "W3", "b3", "W4", "b4"]
SHAPES = [(6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), (400, 84), (84,), (84, 10), (10,)]
INPUTS = [25, 0, 150, 0, 400, 0, 84, 0]


def parameters(rng):
    """Parameters of the network whose biases are not zero."""
    scale = [(2 / inputs) ** 0.5 if inputs else 0.3 for inputs in INPUTS]
    return [torch.randn(SHAPES[i], generator=rng) * scale[i] for i in range(8)]


def images(rng, count):
    """Random images (count, 1, 28, 28) and class numbers."""
    return torch.rand(count, 1, 28, 28, generator=rng), torch.randint(
        0, 10, (count,), generator=rng
    )


@in_sandbox
def gradients_of(submission, name, inputs, weights, options):
    """The gradients of the weighted sum of a stub's output."""
    inputs = [value.detach().clone().requires_grad_() for value in inputs]
    Y = getattr(submission, name)(*inputs, **options)
    (Y * weights).sum().backward()
    return [value.grad for value in inputs]


@in_sandbox
def left_alone(submission, name, inputs, options):
    """The inputs after a call."""
    getattr(submission, name)(*inputs, **options)
    return inputs


# corr2d


@pytest.mark.stub("corr2d")
@pytest.mark.gate
def test_corr2d_by_hand(from_scratch, rng):
    """corr2d is built by you, not by PyTorch's own convolution."""
    from_scratch("corr2d", [torch.rand(4, 5, generator=rng), torch.ones(2, 2)])


@pytest.mark.stub("corr2d")
@pytest.mark.parametrize(
    "shapes", [((3, 3), (2, 2)), ((6, 9), (3, 2)), ((5, 4), (1, 3)), ((8, 5), (4, 1))], ids=str
)
def test_corr2d_random(submission, reference, rng, shapes):
    """Each number of corr2d is the sum of the products of a window of X with K as it stands."""
    X, K = (torch.randn(shape, generator=rng) for shape in shapes)
    assert_same(submission, reference, "corr2d(X, K)", X, K)


@pytest.mark.stub("corr2d")
def test_corr2d_one_window(submission, rng):
    """Where K is as large as X there is one window, and the output has the shape (1, 1)."""
    X, K = torch.randn(3, 4, generator=rng), torch.randn(3, 4, generator=rng)
    assert_close(submission.corr2d(X, K), [[float((X * K).sum())]], what="corr2d(X, K)")


@pytest.mark.stub("corr2d")
def test_corr2d_gradients(submission, reference, rng):
    """Gradients flow through corr2d to X and to K."""
    X, K = torch.randn(4, 5, generator=rng), torch.randn(2, 3, generator=rng)
    case = ("corr2d", [X, K], torch.randn(3, 3, generator=rng), {})
    assert_each_close(
        gradients_of(submission, *case),
        gradients_of(reference, *case),
        [_("the gradient of X"), _("the gradient of K")],
    )


@pytest.mark.stub("corr2d")
def test_corr2d_leaves_inputs(submission, reference, rng):
    """corr2d changes neither X nor K."""
    X, K = torch.randn(4, 5, generator=rng), torch.randn(2, 3, generator=rng)
    assert_same(submission, reference, "corr2d(X, K)", X, K)  # what does nothing changes nothing
    assert_each_close(left_alone(submission, "corr2d", [X, K], {}), [X, K], ["X", "K"])


# Conv2D


@in_sandbox
def layer_step(submission, X, weight, bias):
    """Names and shapes of a layer's parameters, its output for given ones, and their gradients."""
    layer = submission.Conv2D(tuple(weight.shape)).to(X.device)
    named = dict(layer.named_parameters())
    shapes = {name: list(parameter.shape) for name, parameter in named.items()}
    if sorted(shapes) != ["bias", "weight"]:
        return shapes, None, None
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.bias.fill_(bias)
    Y = layer(X)
    (Y**2).sum().backward()
    return shapes, Y.detach(), [named[name].grad for name in ("weight", "bias")]


@in_sandbox
def new_layers(submission, shape):
    """Weight and bias of two new layers."""
    layers = [submission.Conv2D(shape) for number in range(2)]
    return [[layer.weight.detach(), layer.bias.detach()] for layer in layers]


@pytest.mark.stub("Conv2D")
@pytest.mark.uses("corr2d")
@pytest.mark.gate
def test_layer_by_hand(from_scratch, rng):
    """Conv2D is built by you, not by PyTorch's own convolution."""
    from_scratch("Conv2D", [(2, 2)], [torch.rand(4, 5, generator=rng)])


@pytest.mark.stub("Conv2D")
@pytest.mark.uses("corr2d")
def test_layer_parameters(submission, rng):
    """A Conv2D has two parameters, weight of the shape of the kernel and bias, one number."""
    shapes = layer_step(submission, torch.randn(5, 6, generator=rng), torch.ones(3, 2), 0.0)[0]
    observe(sorted(shapes))
    assert sorted(shapes) == ["bias", "weight"], _("its parameters are {names}").format(
        names=sorted(shapes)
    )
    assert_sequence(shapes["weight"], 2, "weight.shape")
    assert_close(torch.tensor(shapes["weight"]), [3, 2], what="weight.shape")
    count = int(torch.tensor(shapes["bias"]).prod())
    assert count == 1, _("bias has {count} numbers").format(count=count)


@pytest.mark.stub("Conv2D")
@pytest.mark.uses("corr2d")
@pytest.mark.parametrize("shape", [(2, 2), (1, 3), (3, 2)], ids=str)
def test_layer_forward(submission, reference, rng, shape):
    """forward is the cross-correlation with weight, plus bias."""
    case = (torch.randn(5, 6, generator=rng), torch.randn(shape, generator=rng), 1.5)
    output = layer_step(submission, *case)[1]
    assert output is not None, _("weight and bias are not the parameters of the layer")
    assert_close(output, layer_step(reference, *case)[1], what="Conv2D(kernel_size)(X)")


@pytest.mark.stub("Conv2D")
@pytest.mark.uses("corr2d")
def test_layer_gradients(submission, reference, rng):
    """Gradients reach weight and bias of a Conv2D."""
    case = (torch.randn(5, 6, generator=rng), torch.randn(2, 3, generator=rng), -0.5)
    gradients = layer_step(submission, *case)[2]
    assert gradients is not None, _("weight and bias are not the parameters of the layer")
    names = [_("the gradient of weight"), _("the gradient of bias")]
    weight, bias = layer_step(reference, *case)[2]
    assert_each_close([gradients[0], gradients[1].reshape(1)], [weight, bias], names)


@pytest.mark.stub("Conv2D")
def test_layer_start(submission):
    """A new layer has random weights, different ones in each layer, and the bias 0."""
    (weight, bias), (other, _bias) = new_layers(submission, (3, 3))
    starts_with_zero = bool((bias == 0).all())
    equal = bool((weight == other).all()) or bool((weight == weight[0, 0]).all())
    observe([starts_with_zero, equal])
    assert starts_with_zero, _("the bias of a new layer is {bias}").format(bias=bias.tolist())
    assert not equal, _("the weights are not random")


# output_size


@pytest.mark.stub("output_size")
@pytest.mark.parametrize(
    "sizes",
    [(28, 5, 1, 1), (8, 3, 1, 2), (5, 2, 0, 2), (11, 4, 2, 3), (7, 7, 0, 1), (9, 2, 3, 4)],
    ids=str,
)
def test_output_size(submission, reference, sizes):
    """output_size counts the positions of the window that lie on the padded input."""
    size, kernel, padding, stride = sizes
    call = f"output_size({size}, {kernel}, {padding}, {stride})"
    assert_number(submission.output_size(*sizes), reference.output_size(*sizes), what=call)


# pad2d


@pytest.mark.stub("pad2d")
@pytest.mark.parametrize("padding", [0, 1, 3])
@pytest.mark.parametrize("shape", [(1, 1, 3, 3), (2, 3, 4, 6)], ids=str)
def test_pad2d_random(submission, reference, rng, shape, padding):
    """pad2d puts the same number of rows and columns of zeros on all four sides of each image."""
    for some in (1, padding):  # with 0 the image itself is right
        X = torch.randn(shape, generator=rng)
        assert_same(submission, reference, "pad2d(X, padding)", X, some)


@pytest.mark.stub("pad2d")
def test_pad2d_gradient(submission, rng):
    """Gradients flow through pad2d."""
    weights = torch.randn(1, 2, 5, 6, generator=rng)
    X = torch.randn(1, 2, 3, 4, generator=rng)
    gradient = gradients_of(submission, "pad2d", [X], weights, {"padding": 1})[0]
    assert_close(gradient, weights[:, :, 1:4, 1:5], what=_("the gradient of X"))


# conv2d


CONVOLUTIONS = [
    ((1, 1, 5, 5), (1, 1, 3, 3), 0, 1),
    ((2, 3, 6, 5), (4, 3, 2, 3), 0, 1),
    ((2, 2, 5, 7), (3, 2, 3, 3), 1, 1),
    ((1, 2, 8, 9), (2, 2, 3, 2), 0, 2),
    ((3, 1, 7, 6), (2, 1, 2, 2), 2, 3),
    ((2, 3, 4, 4), (5, 3, 1, 1), 0, 1),
]


@pytest.mark.stub("conv2d")
@pytest.mark.uses("pad2d", "output_size", "corr2d")
@pytest.mark.gate
def test_conv2d_by_hand(from_scratch, rng):
    """conv2d is built by you, not by PyTorch's own convolution."""
    from_scratch("conv2d", [torch.rand(2, 1, 5, 5, generator=rng), torch.ones(3, 1, 2, 2)])


@pytest.mark.stub("conv2d")
@pytest.mark.uses("pad2d", "output_size", "corr2d")
@pytest.mark.parametrize("case", CONVOLUTIONS, ids=str)
def test_conv2d_random(submission, reference, rng, case):
    """conv2d adds the cross-correlations of all input channels, for each output channel,
    with padding and stride."""
    X, K = (torch.randn(shape, generator=rng) for shape in case[:2])
    options = {"padding": case[2], "stride": case[3]}
    call = with_shapes("conv2d(X, K, padding, stride)", X, K, *case[2:])
    assert_close(submission.conv2d(X, K, **options), reference.conv2d(X, K, **options), what=call)


@pytest.mark.stub("conv2d")
@pytest.mark.uses("pad2d", "output_size", "corr2d")
def test_conv2d_defaults(submission, reference, rng):
    """Without padding and stride in the call, conv2d pads nothing and moves by one cell."""
    X, K = torch.randn(2, 2, 4, 5, generator=rng), torch.randn(3, 2, 2, 2, generator=rng)
    assert_same(submission, reference, "conv2d(X, K)", X, K)


@pytest.mark.stub("conv2d")
@pytest.mark.uses("pad2d", "output_size", "corr2d")
def test_conv2d_gradients(submission, reference, rng):
    """Gradients flow through conv2d to X and to K."""
    X, K = torch.randn(2, 2, 5, 6, generator=rng), torch.randn(3, 2, 3, 3, generator=rng)
    case = ("conv2d", [X, K], torch.randn(2, 3, 3, 3, generator=rng), {"padding": 1, "stride": 2})
    assert_each_close(
        gradients_of(submission, *case),
        gradients_of(reference, *case),
        [_("the gradient of X"), _("the gradient of K")],
    )


@pytest.mark.stub("conv2d")
@pytest.mark.uses("pad2d", "output_size", "corr2d")
def test_conv2d_leaves_inputs(submission, reference, rng):
    """conv2d changes neither X nor K."""
    X, K = torch.randn(1, 2, 5, 6, generator=rng), torch.randn(3, 2, 3, 3, generator=rng)
    assert_same(submission, reference, "conv2d(X, K)", X, K)  # what does nothing changes nothing
    after = left_alone(submission, "conv2d", [X, K], {"padding": 1, "stride": 1})
    assert_each_close(after, [X, K], ["X", "K"])


# pool2d


@pytest.mark.stub("pool2d")
@pytest.mark.uses("output_size")
@pytest.mark.gate
def test_pool2d_by_hand(from_scratch, rng):
    """pool2d is built by you, not by PyTorch's own pooling."""
    for mode in ("max", "avg"):
        from_scratch("pool2d", [torch.rand(2, 1, 4, 4, generator=rng), 2, mode])


@pytest.mark.stub("pool2d")
@pytest.mark.uses("output_size")
@pytest.mark.parametrize("mode", ["max", "avg"])
@pytest.mark.parametrize(
    ("shape", "size"), [((1, 1, 4, 4), 2), ((2, 3, 7, 6), 3), ((2, 2, 5, 5), 2)], ids=str
)
def test_pool2d_random(submission, reference, rng, shape, size, mode):
    """pool2d takes the largest number or the mean of each window. Without a stride they do
    not overlap."""
    X = torch.randn(shape, generator=rng) - 1
    call = with_shapes("pool2d(X, size, mode)", X, size, mode)
    assert_close(
        submission.pool2d(X, size, mode=mode), reference.pool2d(X, size, mode=mode), what=call
    )


@pytest.mark.stub("pool2d")
@pytest.mark.uses("output_size")
@pytest.mark.parametrize("mode", ["max", "avg"])
@pytest.mark.parametrize("stride", [1, 3])
def test_pool2d_stride(submission, reference, rng, mode, stride):
    """The windows of pool2d move by the stride that is asked for, and one that does not fit
    does not count."""
    X = torch.randn(2, 2, 7, 6, generator=rng)
    options = {"mode": mode, "stride": stride}
    call = with_shapes("pool2d(X, 2, mode, stride)", X, 2, mode, stride)
    assert_close(submission.pool2d(X, 2, **options), reference.pool2d(X, 2, **options), what=call)


@pytest.mark.stub("pool2d")
@pytest.mark.uses("output_size")
def test_pool2d_default_mode(submission, reference, rng):
    """Without a mode in the call, pool2d takes the largest number."""
    assert_same(submission, reference, "pool2d(X, size)", torch.randn(1, 2, 6, 4, generator=rng), 2)


@pytest.mark.stub("pool2d")
@pytest.mark.uses("output_size")
@pytest.mark.parametrize("mode", ["max", "avg"])
def test_pool2d_gradient(submission, reference, rng, mode):
    """Gradients flow through pool2d."""
    X, weights = torch.randn(1, 2, 4, 6, generator=rng), torch.randn(1, 2, 2, 3, generator=rng)
    case = ("pool2d", [X], weights, {"size": 2, "mode": mode})
    expected = gradients_of(reference, *case)[0]
    assert_close(gradients_of(submission, *case)[0], expected, what=_("the gradient of X"))


# init_params


@in_sandbox
def drawn(submission, seed):
    """Parameters, and whether each of them requires gradients and is a leaf."""
    torch.manual_seed(seed)
    params = list(submission.init_params())
    return [param.detach() for param in params], [
        param.requires_grad and param.is_leaf for param in params
    ]


@pytest.mark.stub("init_params")
def test_init_shapes(submission):
    """init_params gives eight tensors of the shapes of the table, which require gradients."""
    params, learnable = drawn(submission, 0)
    assert_sequence(params, 8, "init_params()")
    for name, param, shape, learns in zip(NAMES, params, SHAPES, learnable):
        assert tuple(param.shape) == shape, _("{name} has the shape {shape}").format(
            name=name, shape=tuple(param.shape)
        )
        assert learns, _("{name} is no tensor that gradients are collected for").format(name=name)


@pytest.mark.stub("init_params")
@pytest.mark.parametrize("place", [0, 2, 4, 6], ids=lambda place: NAMES[place])
def test_init_distribution(submission, place):
    """Kernels and weights have the mean 0 and the standard deviation of the text."""
    numbers = torch.cat([drawn(submission, seed)[0][place].flatten() for seed in range(20)])
    expected = (2 / INPUTS[place]) ** 0.5
    # Of n numbers the standard deviation is known to 1 / sqrt(2 n), the mean to 1 / sqrt(n) of it:
    # six times that, and 2 % at least. There are 3,000 numbers of K1, and more of the others.
    room = max(6 / (2 * len(numbers)) ** 0.5, 0.02) * expected
    spread = _("the standard deviation of {name}").format(name=NAMES[place])
    assert_number(float(numbers.std()), expected, tolerance=room, what=spread)
    mean = _("the mean of {name}").format(name=NAMES[place])
    assert_number(float(numbers.mean()), 0.0, tolerance=2 * room, what=mean)


@pytest.mark.stub("init_params")
def test_init_biases(submission):
    """The biases begin with zeros."""
    params = drawn(submission, 1)[0]
    assert_sequence(params, 8, "init_params()")
    for place in (1, 3, 5, 7):
        assert_close(params[place], torch.zeros(SHAPES[place]), what=NAMES[place])


@pytest.mark.stub("init_params")
def test_init_random(submission):
    """The kernels and weights are drawn anew in each call."""
    first, second = drawn(submission, 0)[0], drawn(submission, 1)[0]
    same = bool((first[0] == second[0]).all())
    observe(same)
    assert not same, _("K1 is the same in two calls")


# lenet


@pytest.mark.stub("lenet")
@pytest.mark.uses("conv2d", "pool2d", "pad2d", "output_size")
@pytest.mark.gate
def test_lenet_by_hand(from_scratch, rng):
    """lenet is built of your conv2d and pool2d, not of PyTorch's own."""
    from_scratch("lenet", [images(rng, 2)[0], parameters(rng)])


@pytest.mark.stub("lenet")
@pytest.mark.uses("conv2d", "pool2d", "pad2d", "output_size")
@pytest.mark.parametrize("count", [1, 5])
def test_lenet_scores(submission, reference, rng, count):
    """lenet applies the layers of the table one after the other and returns scores."""
    X, params = images(rng, count)[0], parameters(rng)
    expected = reference.lenet(X, params)
    assert_close(
        submission.lenet(X, params), expected, atol=1e-4, rtol=1e-4, what="lenet(X, params)"
    )


@in_sandbox
def network_gradients(submission, X, y, params):
    """The gradients of the loss of the network."""
    params = [param.detach().clone().requires_grad_() for param in params]
    torch.nn.functional.cross_entropy(submission.lenet(X, params), y).backward()
    return [param.grad for param in params]


@pytest.mark.stub("lenet")
@pytest.mark.uses("conv2d", "pool2d", "pad2d", "output_size")
def test_lenet_gradients(submission, reference, rng):
    """Gradients reach all eight parameters of lenet."""
    (X, y), params = images(rng, 3), parameters(rng)
    gradients = network_gradients(submission, X, y, params)
    expected = network_gradients(reference, X, y, params)
    for name, gradient in zip(NAMES, gradients):
        assert gradient is not None, _("no gradient reaches {name}").format(name=name)
    assert_each_close(
        gradients,
        expected,
        [_("the gradient of {name}").format(name=n) for n in NAMES],
        atol=1e-4,
        rtol=1e-3,
    )


# train


@in_sandbox
def trained(submission, params, X, y, options, seed=0):
    """The history of a training, and the parameters after it."""
    torch.manual_seed(seed)
    params = [param.detach().clone().requires_grad_() for param in params]
    history = submission.train(params, X, y, **options)
    return [float(loss) for loss in history], [param.detach() for param in params]


@pytest.mark.stub("train")
@pytest.mark.gate
def test_train_from_scratch(submission, from_scratch):
    """The steps of train are written by you, not taken by an optimizer of torch.optim."""
    from_scratch("train")


@pytest.mark.stub("train")
@pytest.mark.uses("lenet")
@pytest.mark.weight(2)
def test_train_one_batch(submission, reference, rng):
    """Where one batch holds all examples, each epoch is one step of gradient descent on the
    mean loss."""
    (X, y), params = images(rng, 6), parameters(rng)
    options = {"epochs": 3, "batch_size": 6, "lr": 0.05}
    after = trained(submission, params, X, y, options)[1]
    expected = trained(reference, params, X, y, options)[1]
    assert_each_close(after, expected, NAMES, atol=1e-4, rtol=1e-3)


@pytest.mark.stub("train")
@pytest.mark.uses("lenet")
@pytest.mark.weight(2)
def test_train_history(submission, reference, rng):
    """train returns the mean loss per example of each epoch, also where the last batch is
    smaller."""
    (X, y), params = images(rng, 10), parameters(rng)
    options = {"epochs": 2, "batch_size": 4, "lr": 0.0}
    history = trained(submission, params, X, y, options)[0]
    assert_sequence(history, 2, _("the history"))
    expected = trained(reference, params, X, y, options)[0]
    assert_close(torch.tensor(history), expected, atol=1e-4, rtol=1e-4, what=_("the history"))


@pytest.mark.stub("train")
@pytest.mark.uses("lenet")
def test_train_history_of_steps(submission, reference, rng):
    """The loss of an epoch is the one seen on the way, before each step."""
    (X, y), params = images(rng, 5), parameters(rng)
    options = {"epochs": 3, "batch_size": 5, "lr": 0.05}
    history = trained(submission, params, X, y, options)[0]
    assert_sequence(history, 3, _("the history"))
    expected = trained(reference, params, X, y, options)[0]
    assert_close(torch.tensor(history), expected, atol=1e-4, rtol=1e-3, what=_("the history"))


@pytest.mark.stub("train")
@pytest.mark.uses("lenet")
def test_train_shuffles(submission, rng):
    """Each epoch goes through the examples in a new random order."""
    (X, y), params = images(rng, 8), parameters(rng)
    options = {"epochs": 1, "batch_size": 2, "lr": 0.1}
    runs = [trained(submission, params, X, y, options, seed)[1][-1] for seed in range(3)]
    same = all(bool((run == runs[0]).all()) for run in runs)
    observe(same)
    assert not same, _("the order of the examples is always the same")


# evaluate


@pytest.mark.stub("evaluate")
@pytest.mark.uses("lenet")
@pytest.mark.parametrize("batch_size", [12, 5, 1, 50])
def test_evaluate(submission, reference, rng, batch_size):
    """evaluate returns the number of right answers divided by the number of images, in
    batches of any size."""
    (X, y), params = images(rng, 12), parameters(rng)
    # Make the first answers right, so that the batches have different accuracies.
    y[:5] = reference.lenet(X, params).argmax(1)[:5]
    y[5:] = (reference.lenet(X, params).argmax(1)[5:] + 1) % 10
    accuracy = submission.evaluate(params, X, y, batch_size)
    assert_number(accuracy, 5 / 12, what="evaluate(params, X, y, batch_size)")


# A real training. Where the numbers come from stands at the checks.


# The training loss of 20 right programs on each data set: the means of both, less and plus four
# standard deviations (benchmarks/curves.py).
USUAL = [(1.00, 1.49), (0.59, 0.86), (0.50, 0.71)]


@in_sandbox
def real_training(submission, dataset):
    """The history and the parameters of a training on the first 2,500 images."""
    X, y = submission.data.tensors(dataset, "train")
    params = [param.detach().to(X.device).requires_grad_() for param in submission.init_params()]
    history = submission.train(params, X[:2500], y[:2500], epochs=3, batch_size=25, lr=0.05)
    return [float(loss) for loss in history], [param.detach() for param in params]


@in_sandbox
def scores_of(submission, images, params):
    """The scores of many images, part by part."""
    with torch.no_grad():
        return torch.cat([submission.lenet(part, params) for part in images.split(250)])


@pytest.mark.stub("train")
@pytest.mark.uses("lenet", "init_params")
@pytest.mark.tier("training")
@pytest.mark.weight(3)
def test_training(submission, dataset):
    """Trained for three epochs on 2,500 images of Fashion-MNIST, the loss falls, and the network
    recognises most images that it has never seen.

    Measured: see the table in docs/course.md.
    """
    history, params = real_training(submission, dataset.name)
    assert_sequence(history, 3, _("the history"))
    keep_curve(_("the training loss"), history, USUAL)
    assert_between(history[0], 0.7, 1.8, what=_("the loss of the first epoch"))
    assert_between(history[2], 0.35, 0.85, what=_("the loss of the third epoch"))
    problem = _("lenet(X, params) gives no tensor of shape (n, 10) after the training")
    accuracy = hidden_accuracy(
        lambda images: scores_of(submission, images, params), dataset, problem
    )
    assert_between(accuracy, 0.6, 1.0, what=_("the accuracy on hidden test images"))
