"""Hidden checks of classifier_mxnet.

Known values come from the documents (000, 004) and are cited where they stand; everything else is
compared with the reference on the same inputs for every student. Arrays of checks are numpy's: on
the way into the box they become MXNet's, and MXNet's become numpy's on the way out.
"""

import math

import mxnet as mx
import numpy
import pytest
from mxnet import autograd, gluon, np

from grader.checking import (
    N_,
    Mismatch,
    _,
    assert_between,
    assert_close,
    assert_each_close,
    assert_number,
    assert_sequence,
    in_sandbox,
    observe,
    with_shapes,
)
from grader.checking.training import USUAL, assert_table, hidden_accuracy, keep_curve

PER_EXAMPLE = N_("one loss per example, shape (n,)")
FLAT = N_("a flat vector, one entry for every prediction")


@in_sandbox
def model_of(submission, lr):
    """A model of the student's class that returns its first input, times the second if there is
    one."""

    class Scaled(submission.Classifier):
        def forward(self, X, scale=1.0):
            return X * scale

    return Scaled(lr)


def scores(rng, *shape, dtype="float32"):
    """Random scores."""
    return 2 * rng.standard_normal(shape).astype(dtype)


def labels(rng, shape, classes):
    """Random class numbers."""
    return rng.integers(0, classes, shape)


def assert_same(submission, reference, call, y_hat, y, hint, **options):
    """Raise Mismatch unless a method of such a model returns what the reference's does."""
    name = call.partition("(")[0]
    models = model_of(submission, 0.1), model_of(reference, 0.1)
    actual, expected = (getattr(model, name)(y_hat, y, **options) for model in models)
    assert_close(actual, expected, what=call, shape_hint=hint)


# ------------------------------------------------------------------------------ loss


@pytest.mark.stub("Classifier.loss")
def test_loss_document_values(submission):
    """The loss of the course's logits, classes 2 and 1, is [2.5806, 6.0025], their mean 4.291532.

    Source: document 000.
    """
    logits = numpy.array([[-2.3, 4.0, 1.5], [-5.0, 2.0, 8.0]])
    y, model = numpy.array([2, 1]), model_of(submission, 0.1)
    each = model.loss(logits, y, averaged=False)
    observe(each)  # both together tell whether `averaged` is ignored or exchanged
    assert_number(model.loss(logits, y), 4.291532, tolerance=5e-5, what="loss(y_hat, y)")
    what = "loss(y_hat, y, averaged=False)"
    assert_close(each, [2.5806, 6.0025], atol=5e-5, what=what, shape_hint=_(PER_EXAMPLE))


@pytest.mark.stub("Classifier.loss")
def test_loss_takes_logits(submission):
    """Whatever the scores are, they are taken as logits: [[.2, .2, .6], [.1, .8, .1]] with classes
    2 and 1 gives [.8504, .6897].

    Source: document 000.
    """
    y_hat = numpy.array([[0.2, 0.2, 0.6], [0.1, 0.8, 0.1]])
    each = model_of(submission, 0.1).loss(y_hat, numpy.array([2, 1]), averaged=False)
    what = "loss(y_hat, y, averaged=False)"
    assert_close(each, [0.8504, 0.6897], atol=5e-5, what=what, shape_hint=_(PER_EXAMPLE))


@pytest.mark.stub("Classifier.loss")
def test_loss_of_equal_scores(submission):
    """Ten equal scores give the loss ln 10 = 2.3026, that of an untrained model.

    Source: document 000.
    """
    y_hat, y = numpy.zeros((4, 10), "float32"), numpy.array([0, 3, 9, 3])
    loss = model_of(submission, 0.1).loss(y_hat, y)
    assert_number(loss, math.log(10), what="loss(y_hat, y)")


@pytest.mark.stub("Classifier.loss")
@pytest.mark.parametrize("shape", [(1, 3), (2, 5), (5, 5), (64, 10)], ids=str)
def test_loss_averaged(submission, reference, rng, shape):
    """Averaged, which is the default, the loss is the mean over the batch: one number."""
    y_hat, y = scores(rng, *shape), labels(rng, shape[:1], shape[1])
    expected = float(model_of(reference, 0.1).loss(y_hat, y))
    model = model_of(submission, 0.1)
    assert_number(model.loss(y_hat, y), expected, what=with_shapes("loss(y_hat, y)", y_hat, y))
    loss = model.loss(y_hat, y, averaged=True)
    assert_number(loss, expected, what=with_shapes("loss(y_hat, y, averaged=True)", y_hat, y))


@pytest.mark.stub("Classifier.loss")
@pytest.mark.parametrize("shape", [(1, 3), (2, 5), (5, 5), (64, 10)], ids=str)
def test_loss_per_example(submission, reference, rng, shape):
    """With averaged=False the loss is one number per example, in float64 too."""
    y_hat, y = scores(rng, *shape, dtype="float64"), labels(rng, shape[:1], shape[1])
    call, hint = "loss(y_hat, y, averaged=False)", _(PER_EXAMPLE)
    assert_same(submission, reference, call, y_hat, y, hint, averaged=False)


@in_sandbox
def loss_gradient(submission, model, y_hat, y):
    y_hat.attach_grad()
    with autograd.record():
        loss = getattr(submission, "Classifier.loss")(model, y_hat, y)
    loss.backward()
    return y_hat.grad


@pytest.mark.stub("Classifier.loss")
def test_loss_gradient(submission, reference, rng):
    """Gradients flow from the averaged loss to the logits."""
    y_hat, y = scores(rng, 6, 4), labels(rng, 6, 4)
    expected = loss_gradient(reference, model_of(reference, 0.1), y_hat, y)
    gradient = loss_gradient(submission, model_of(submission, 0.1), y_hat, y)
    assert_close(gradient, expected, what=_("the gradient of the loss"))


# ------------------------------------------------------------------------------ accuracy


@pytest.mark.stub("Classifier.accuracy")
def test_accuracy_document_value(submission):
    """Two of the course's three predictions are right: the accuracy is 2/3.

    Source: documents 000, 004.
    """
    y_hat = numpy.array([[0.2, 0.6, 0.2], [0.1, 0.1, 0.8], [0.9, 0.05, 0.05]], "float32")
    y, model = numpy.array([0, 2, 0]), model_of(submission, 0.1)
    each = model.accuracy(y_hat, y, averaged=False)
    observe(each)  # both together tell whether `averaged` is ignored or exchanged
    what = with_shapes("accuracy(y_hat, y)", y_hat, y)
    assert_number(model.accuracy(y_hat, y), 2 / 3, tolerance=1e-6, what=what)
    assert_close(each, [0, 1, 1], what="accuracy(y_hat, y, averaged=False)", shape_hint=_(FLAT))


def half_right(rng, shape):
    """Random scores (n, c), and labels of which the first half is right."""
    y_hat, y = scores(rng, *shape), labels(rng, shape[0], shape[1])
    y[: len(y) // 2] = y_hat[: len(y) // 2].argmax(1)
    return y_hat, y


@pytest.mark.stub("Classifier.accuracy")
@pytest.mark.parametrize("shape", [(1, 3), (2, 5), (5, 5), (50, 10)], ids=str)
def test_accuracy_averaged(submission, reference, rng, shape):
    """Averaged, which is the default, the accuracy is the fraction of rows whose largest score is
    in the column of the label."""
    model, right = model_of(submission, 0.1), model_of(reference, 0.1)
    for size in ((6, 4), shape):  # one row alone is right or wrong by chance
        y_hat, y = half_right(rng, size)
        expected = float(right.accuracy(y_hat, y))
        what = with_shapes("accuracy(y_hat, y)", y_hat, y)
        for arguments in ({}, {"averaged": True}):
            accuracy = model.accuracy(y_hat, y, **arguments)
            assert_number(accuracy, expected, tolerance=1e-6, what=what)


@pytest.mark.stub("Classifier.accuracy")
@pytest.mark.parametrize("shape", [(1, 3), (7, 3), (5, 5), (20, 10)], ids=str)
def test_accuracy_per_example(submission, reference, rng, shape):
    """With averaged=False the accuracy is 1 for every right and 0 for every wrong prediction."""
    call = "accuracy(y_hat, y, averaged=False)"
    for size in ((6, 4), shape):
        y_hat, y = half_right(rng, size)
        assert_same(submission, reference, call, y_hat, y, _(FLAT), averaged=False)


@pytest.mark.stub("Classifier.accuracy")
def test_accuracy_is_float32(submission):
    """With averaged=False the accuracy is a vector of float32.

    Source: document 004.
    """
    y_hat, y = numpy.eye(3), numpy.array([0, 1, 1])
    result = model_of(submission, 0.1).accuracy(y_hat, y, averaged=False)
    assert_close(result, [1.0, 1.0, 0.0], what="accuracy(y_hat, y, averaged=False)")
    dtype = str(getattr(result, "dtype", N_("no float32")))
    observe(dtype)
    assert dtype == "float32", _("the entries are {dtype}").format(dtype=_(dtype))


@pytest.mark.stub("Classifier.accuracy")
@pytest.mark.parametrize("shape", [(3, 3, 3), (4, 1, 5), (3, 6, 2)], ids=str)
@pytest.mark.parametrize("averaged", [True, False], ids=["averaged", "each"])
def test_accuracy_of_sequences(submission, reference, rng, shape, averaged):
    """Scores of shape (n, t, c) and labels of shape (n, t) are flattened.

    Source: document 004.
    """
    y_hat, y = scores(rng, *shape), labels(rng, shape[:2], shape[2])
    y[0] = y_hat[0].argmax(-1)
    call = f"accuracy(y_hat, y, averaged={averaged})"
    assert_same(submission, reference, call, y_hat, y, _(FLAT), averaged=averaged)


@pytest.mark.stub("Classifier.accuracy")
@pytest.mark.parametrize("dtype", ["int32", "uint8", "float32"])
def test_accuracy_of_other_label_types(submission, dtype):
    """The predictions take the type of the labels before they are compared.

    Source: document 004.
    """
    y, y_hat = numpy.array([0, 2, 1, 1], dtype), numpy.eye(3)[[0, 2, 2, 1]]
    accuracy = model_of(submission, 0.1).accuracy(y_hat, y)
    assert_number(accuracy, 0.75, tolerance=1e-6, what="accuracy(y_hat, y)")


# ------------------------------------------------------------------------------ validation_step


def step(submission, batch):
    """[loss, acc] of validation_step(batch), with the other methods supplied."""
    submission.supply(**{f"Classifier.{name}": f"Unusual.{name}" for name in ("loss", "accuracy")})
    result = model_of(submission, 0.1).validation_step(batch)
    if not isinstance(result, dict):
        values = list(result) if isinstance(result, (list, tuple)) else result
        observe(values)
        raise Mismatch(_("validation_step(batch) is no dictionary"), _('expected "loss" and "acc"'))
    observe(", ".join(sorted(map(str, result))))
    if not {"loss", "acc"} <= set(result):
        problem = _("its keys are {keys!r:.100}").format(keys=sorted(map(str, result)))
        raise Mismatch(problem, _('expected "loss", "acc"'))
    return result["loss"], result["acc"]


def assert_same_step(submission, reference, batch):
    """Raise Mismatch unless the loss and the accuracy of a batch are the reference's."""
    (loss, accuracy), expected = step(submission, batch), step(reference, batch)
    assert_number(loss, float(expected[0]), what=_('the "loss"'))
    assert_number(accuracy, float(expected[1]), what=_('the "acc"'))


@pytest.mark.stub("Classifier.validation_step")
@pytest.mark.parametrize(
    ("shape", "kind"),
    [((1, 3), tuple), ((8, 4), tuple), ((16, 10), list)],
    ids=["one", "tuple", "list"],
)
def test_validation_step(submission, reference, rng, shape, kind):
    """validation_step gives the averaged loss and accuracy of a batch, as the model's own methods
    loss and accuracy compute them."""
    assert_same_step(submission, reference, kind(half_right(rng, shape)))


@pytest.mark.stub("Classifier.validation_step")
def test_validation_step_two_inputs(submission, reference, rng):
    """The last element of a batch is y, all others go into the model.

    Source: document 004.
    """
    batch = (scores(rng, 6, 4), scores(rng, 6, 4), labels(rng, 6, 4))
    assert_same_step(submission, reference, batch)


# ------------------------------------------------------------------------------ parameters

# Every shape but once, so that shapes tell which arrays are found: those of a model from scratch,
# and those of one with layers.
SHAPES = [(2, 3), (3,), (4, 1), (5,), (6, 2)]
LAYERS = [(4,), (2, 3), (2,)]


def drawn(rng, shapes):
    """Random arrays of these shapes."""
    return [rng.standard_normal(shape).astype("float32") for shape in shapes]


@in_sandbox
def of_arrays(submission, lr, arrays):
    """A model from scratch: the first two arrays are attributes of its own, the others those of a
    Classifier inside of it, and so on. Its `held` gives all of them."""

    class OfArrays(submission.Classifier):
        def __init__(self, own):
            super().__init__(lr)
            self.count, self.title = 3, "no parameter"
            for number, array in enumerate(own[:2]):
                array.attach_grad()
                setattr(self, f"W{number}", array)
            self.inner = OfArrays(own[2:]) if own[2:] else None

    model = OfArrays(arrays)
    model.held = lambda: arrays
    return model


@in_sandbox
def of_layers(submission, lr, arrays):
    """A model whose parameters are Gluon's: a scale (4,), and the weight (2, 3) and bias (2,) of a
    layer in a Classifier inside of it. Its `held` gives their arrays; it also has an array that is
    no parameter."""

    class Inner(submission.Classifier):
        def __init__(self):
            super().__init__(lr)
            self.net = gluon.nn.Sequential()
            self.net.add(gluon.nn.Flatten(), gluon.nn.Dense(2, in_units=3))

    class OfLayers(submission.Classifier):
        def __init__(self):
            super().__init__(lr)
            self.scale, self.inner = self.params.get("scale", shape=(4,)), Inner()
            self.mask = np.ones(5)

    model = OfLayers()
    model.initialize()
    layer = model.inner.net[1]
    parameters = [model.scale, layer.weight, layer.bias]
    for parameter, array in zip(parameters, arrays):
        parameter.set_data(array)
    model.held = lambda: [parameter.data() for parameter in parameters]
    return model


@in_sandbox
def found_by(submission, stub, model):
    """The shapes of the arrays in the list that a stub returns, sorted, or what it returns instead;
    and what the arrays of the model hold after each in the list was doubled."""
    found = getattr(submission, stub)(model)
    if not isinstance(found, list):
        return type(found).__name__, list(model.held())
    shapes = sorted(list(getattr(each, "shape", [])) for each in found)
    for array in found:
        if isinstance(array, np.ndarray):
            array *= 2
    return shapes, list(model.held())


def assert_arrays_found(submission, rng, stub, count):
    """Raise Mismatch unless a stub returns the list of the arrays themselves of a model of that
    many arrays, each once."""
    arrays = drawn(rng, SHAPES[:count])
    found, after = found_by(submission, stub, of_arrays(submission, 0.1, arrays))
    observe(str(found))
    name = stub.partition(".")[2]
    if isinstance(found, str):
        problem = _("{name}() returns no list of arrays, but: {found}")
        raise Mismatch(problem.format(name=name, found=found))
    if found != sorted(map(list, SHAPES[:count])):
        problem = _("the arrays that {name}() returns have the shapes {found}")
        expected = _("the model has arrays of the shapes {shapes}")
        shapes = sorted(map(list, SHAPES[:count]))
        raise Mismatch(problem.format(name=name, found=found), expected.format(shapes=shapes))
    what = _("an array of the model, after those in the list were doubled,")
    for array, doubled in zip(arrays, assert_sequence(after, count, what)):
        assert_close(doubled, 2 * array, what=what)


@pytest.mark.stub("Classifier.get_scratch_params")
@pytest.mark.parametrize("count", [1, 2])
def test_scratch_params(submission, rng, count):
    """get_scratch_params gives the list of the arrays that are attributes of the model, and nothing
    else; it holds the arrays themselves.

    Source: document 004.
    """
    assert_arrays_found(submission, rng, "Classifier.get_scratch_params", count)


@pytest.mark.stub("Classifier.get_scratch_params")
@pytest.mark.parametrize("count", [3, 5], ids=["once", "twice"])
@pytest.mark.weight(2)
def test_scratch_params_inside(submission, rng, count):
    """The arrays of a Classifier that is an attribute belong to the list, and so on downwards.

    Source: document 004.
    """
    assert_arrays_found(submission, rng, "Classifier.get_scratch_params", count)


@pytest.mark.stub("Classifier.get_scratch_params")
def test_scratch_params_of_none(submission, rng):
    """A model that has no array has an empty list, one that has an array has not."""
    assert_arrays_found(submission, rng, "Classifier.get_scratch_params", 1)
    result = model_of(submission, 0.1).get_scratch_params()
    observe(str(result))
    problem = _("{name}() returns no list of arrays, but: {found}")
    found = type(result).__name__
    assert isinstance(result, list), problem.format(name="get_scratch_params", found=found)
    assert not result, _("the model has no array, but there are {n} in the list").format(
        n=len(result)
    )


@pytest.mark.stub("Classifier.parameters")
@pytest.mark.uses("Classifier.get_scratch_params")
@pytest.mark.parametrize("count", [2, 3])
def test_parameters_from_scratch(submission, rng, count):
    """Without a parameter of Gluon parameters gives the list of get_scratch_params.

    Source: document 004.
    """
    assert_arrays_found(submission, rng, "Classifier.parameters", count)


@in_sandbox
def collected(submission, model):
    """The name of the type that `parameters` returns, and the shapes in it, sorted."""
    found = getattr(submission, "Classifier.parameters")(model)
    entries = list(found) if isinstance(found, list) else []
    if isinstance(found, gluon.ParameterDict):
        entries = list(found.values())
    return type(found).__name__, sorted(list(getattr(each, "shape", [])) for each in entries)


@pytest.mark.stub("Classifier.parameters")
@pytest.mark.uses("Classifier.get_scratch_params")
def test_parameters_of_layers(submission, rng):
    """With layers of Gluon, parameters gives the ParameterDict of all of them, whatever arrays the
    model has besides.

    Source: document 004.
    """
    kind, shapes = collected(submission, of_layers(submission, 0.1, drawn(rng, LAYERS)))
    other, _shapes = collected(submission, of_arrays(submission, 0.1, drawn(rng, SHAPES[:2])))
    observe(f"{kind} {shapes} {other}")  # both tell whether the condition is the wrong way round
    problem = _("{name}() returns no ParameterDict, but: {found}")
    assert kind == "ParameterDict", problem.format(name="parameters", found=kind)
    problem = _("its parameters have the shapes {shapes}")
    assert shapes == sorted(map(list, LAYERS)), problem.format(shapes=shapes)


# ------------------------------------------------------------------------------ optimizers


@in_sandbox
def optimized(submission, model, gradients, later):
    """The arrays of a model after one step of its optimizer for each list of gradients. later: a
    learning rate that is set after the model was made."""
    if later is not None:
        model.lr = later
    optimizer = getattr(submission, "Classifier.configure_optimizers")(model)
    for step in gradients:
        with autograd.record():
            products = [(array * gradient).sum() for array, gradient in zip(model.held(), step)]
            total = sum(products)
        total.backward()
        optimizer.step(1)
    return list(model.held())


@in_sandbox
def raised_by(submission, model):
    """What the model's optimizer, or its step, raises, and with which words; "" for nothing."""
    try:
        optimizer = getattr(submission, "Classifier.configure_optimizers")(model)
        with autograd.record():
            total = sum(array.sum() for array in model.held())
        total.backward()
        optimizer.step(1)
    except Exception as error:
        return type(error).__name__, str(error)
    return "", ""


def assert_optimized(submission, reference, rng, make, shapes, lr, later):
    """Raise Mismatch unless three steps leave the arrays of a model where the reference's do."""
    pairs = ((of_arrays, SHAPES[:2]), (of_layers, LAYERS))
    models = {kind: kind(submission, lr, drawn(rng, parts)) for kind, parts in pairs}
    raised = {kind: raised_by(submission, model) for kind, model in models.items()}
    observe(", ".join(error for error, _words in raised.values()))  # which of the two can be made
    error, words = raised[make]
    problem = _("the optimizer, or a step of it, raises {error}: {words:.200}")
    assert not error, problem.format(error=error, words=words)
    arrays, *gradients = (drawn(rng, shapes) for _round in range(4))
    after = optimized(submission, make(submission, lr, arrays), gradients, later)
    expected = optimized(reference, make(reference, lr, arrays), gradients, later)
    text = _("the array of shape {shape} after three steps")
    parts = [text.format(shape=shape) for shape in shapes]
    assert_each_close(assert_sequence(after, len(shapes), _("the arrays")), expected, parts)


RATES = pytest.mark.parametrize(
    ("lr", "later"), [(0.1, None), (0.5, None), (0.1, 0.03)], ids=["0.1", "0.5", "changed"]
)


@pytest.mark.stub("Classifier.configure_optimizers")
@pytest.mark.uses("Classifier.parameters", "Classifier.get_scratch_params")
@RATES
def test_configure_optimizers_of_layers(submission, reference, rng, lr, later):
    """With layers of Gluon its optimizer makes plain steps of gradient descent on all parameters,
    with self.lr.

    Source: document 004.
    """
    assert_optimized(submission, reference, rng, of_layers, LAYERS, lr, later)


@pytest.mark.stub("Classifier.configure_optimizers")
@pytest.mark.uses("Classifier.parameters", "Classifier.get_scratch_params")
@RATES
def test_configure_optimizers_from_scratch(submission, reference, rng, lr, later):
    """Without layers its optimizer makes the same steps on the model's arrays, also on those of a
    Classifier inside of it.

    Source: document 004.
    """
    assert_optimized(submission, reference, rng, of_arrays, SHAPES[:3], lr, later)


# ------------------------------------------------------------------------------ training


EPOCHS = 3

# (batch size, {epoch: (mean training loss, room)}, what the accuracy on hidden images must exceed).
# As for PyTorch, which computes the same from the same start (classifier).
BANDS = {
    "full": (256, {1: (0.7858, 0.013), 2: (0.5705, 0.006), 3: (0.5253, 0.006)}, 0.7),
    "embedded": (50, {1: (0.8597, 0.053), 2: (0.6045, 0.036), 3: (0.5476, 0.031)}, 0.6),
}


@in_sandbox
def real_training(submission, dataset, batch_size, epochs):
    """Train softmax regression, a subclass of the student's class, on the public data; returns the
    mean training loss of every epoch, and the model."""

    class SoftmaxRegression(submission.Classifier):
        def __init__(self):
            super().__init__(0.1)
            self.linear = gluon.nn.Dense(10, in_units=784)
            self.linear.initialize(mx.init.Normal(0.01))

        def forward(self, X):
            return self.linear(X.reshape((len(X), 784)))

    model = SoftmaxRegression()
    loss = getattr(submission, "Classifier.loss")
    optimizer = getattr(submission, "Classifier.configure_optimizers")(model)
    train_iter = submission.data.batches(dataset, "train", batch_size, shuffle=True)
    history = []
    for _round in range(epochs):
        total, examples = 0.0, 0
        for X, y in train_iter:
            with autograd.record():
                mean = loss(model, model(X), y)
            mean.backward()
            optimizer.step(1)
            total += float(mean) * len(y)
            examples += len(y)
        history.append(total / examples)
    return history, model


TRAINED = (
    "Classifier.loss",
    "Classifier.configure_optimizers",
    "Classifier.parameters",
    "Classifier.get_scratch_params",
)


@pytest.fixture(scope="module")
def training(shared_submission, dataset):
    """Three epochs on the real data, once."""
    batch_size = BANDS[dataset.variant][0]
    result = real_training(shared_submission, dataset.name, batch_size, EPOCHS)
    return assert_sequence(result, 2, _("the result"))


@pytest.mark.stub("Classifier.loss")
@pytest.mark.tier("training")
@pytest.mark.uses(*TRAINED)
def test_training_loss_table(training, dataset):
    """Softmax regression on Fashion-MNIST, trained by your loss, reproduces the loss table.

    Source: documents 001, 003.
    """
    history, _rest = training
    keep_curve(_("the training loss"), history, USUAL[dataset.variant][0][:EPOCHS])
    assert_table([[loss] for loss in history], BANDS[dataset.variant][1])


@pytest.mark.stub("Classifier.configure_optimizers")
@pytest.mark.tier("training")
@pytest.mark.uses(*TRAINED)
def test_training_hidden_accuracy(training, dataset):
    """A model trained with your optimizer recognises most test images, whose labels it never met:
    more than 70 % after three epochs on the full data, 60 % on the subset."""
    _rest, model = training
    problem = _("the model does not give ten scores for every image")
    floor = BANDS[dataset.variant][2]
    accuracy = hidden_accuracy(model, dataset, problem)
    assert_between(accuracy, floor, None, what=_("its accuracy on them"))
