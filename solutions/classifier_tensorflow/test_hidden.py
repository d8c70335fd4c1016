"""Hidden checks of classifier_tensorflow.

Known values come from the documents (000, 004) and are cited where they stand; everything else is
compared with the reference on the same inputs for every student. Arrays of NumPy arrive in the box
as tensors of TensorFlow, and these as arrays of NumPy here.
"""

import math

import numpy as np
import pytest
import tensorflow as tf

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


def normal(rng, *shape):
    """Random numbers of N(0, 1), float32."""
    return rng.standard_normal(shape, np.float32)


def floats(*rows):
    """Rows of numbers as an array of float32."""
    return np.array(rows, np.float32)


@in_sandbox
def model_of(submission, lr):
    """A model of the student's class that returns its first input, times the second if there is
    one."""

    class Scaled(submission.Classifier):
        def call(self, X, scale=1.0):
            return X * scale

    return Scaled(lr)


@in_sandbox
def called(submission, name, model, arguments, options):
    """What a method of the class returns for a model, whatever attribute of Keras hides it."""
    return getattr(submission, f"Classifier.{name}")(model, *arguments, **options)


def method(submission, name, *arguments, **options):
    """What a method returns for a model that is made for the call."""
    return called(submission, name, model_of(submission, 0.1), arguments, options)


def assert_same(submission, reference, call, y_hat, y, hint, **options):
    """Raise Mismatch unless a method of such a model returns what the reference's does."""
    name = call.partition("(")[0]
    actual, expected = (method(side, name, y_hat, y, **options) for side in (submission, reference))
    assert_close(actual, expected, what=with_shapes(call, y_hat, y), shape_hint=hint)


# ------------------------------------------------------------------------------ loss


@pytest.mark.stub("Classifier.loss")
def test_loss_document_values(submission):
    """The loss of the course's logits, classes 2 and 1, is [2.5806, 6.0025], their mean 4.291532.

    Source: document 000.
    """
    logits, y = floats([-2.3, 4.0, 1.5], [-5.0, 2.0, 8.0]), np.array([2, 1])
    each = method(submission, "loss", logits, y, averaged=False)
    observe(each)  # both together tell whether `averaged` is ignored or exchanged
    mean = method(submission, "loss", logits, y)
    assert_number(mean, 4.291532, tolerance=5e-5, what="loss(y_hat, y)")
    what = "loss(y_hat, y, averaged=False)"
    assert_close(each, [2.5806, 6.0025], atol=5e-5, what=what, shape_hint=_(PER_EXAMPLE))


@pytest.mark.stub("Classifier.loss")
def test_loss_takes_logits(submission):
    """Whatever the scores are, they are taken as logits: [[.2, .2, .6], [.1, .8, .1]] with classes
    2 and 1 gives [.8504, .6897].

    Source: document 000.
    """
    scores = floats([0.2, 0.2, 0.6], [0.1, 0.8, 0.1])
    each = method(submission, "loss", scores, np.array([2, 1]), averaged=False)
    what = "loss(y_hat, y, averaged=False)"
    assert_close(each, [0.8504, 0.6897], atol=5e-5, what=what, shape_hint=_(PER_EXAMPLE))


@pytest.mark.stub("Classifier.loss")
def test_loss_of_equal_scores(submission):
    """Ten equal scores give the loss ln 10 = 2.3026, that of an untrained model.

    Source: document 000.
    """
    loss = method(submission, "loss", np.zeros((4, 10), np.float32), np.array([0, 3, 9, 3]))
    assert_number(loss, math.log(10), what="loss(y_hat, y)")


@pytest.mark.stub("Classifier.loss")
@pytest.mark.parametrize("shape", [(1, 3), (2, 5), (5, 5), (64, 10)], ids=str)
def test_loss_averaged(submission, reference, rng, shape):
    """Averaged, which is the default, the loss is the mean over the batch: one number."""
    y_hat, y = 2 * normal(rng, *shape), rng.integers(shape[1], size=shape[0], dtype=np.int32)
    expected = float(method(reference, "loss", y_hat, y))
    loss = method(submission, "loss", y_hat, y)
    assert_number(loss, expected, what=with_shapes("loss(y_hat, y)", y_hat, y))
    loss = method(submission, "loss", y_hat, y, averaged=True)
    assert_number(loss, expected, what=with_shapes("loss(y_hat, y, averaged=True)", y_hat, y))


@pytest.mark.stub("Classifier.loss")
@pytest.mark.parametrize("shape", [(1, 3), (2, 5), (5, 5), (64, 10)], ids=str)
def test_loss_per_example(submission, reference, rng, shape):
    """With averaged=False the loss is one number per example."""
    y_hat, y = 2 * normal(rng, *shape), rng.integers(shape[1], size=shape[0])
    call, hint = "loss(y_hat, y, averaged=False)", _(PER_EXAMPLE)
    assert_same(submission, reference, call, y_hat, y, hint, averaged=False)


@in_sandbox
def loss_gradient(submission, model, y_hat, y):
    with tf.GradientTape() as tape:
        tape.watch(y_hat)
        loss = getattr(submission, "Classifier.loss")(model, y_hat, y)
    return tape.gradient(loss, y_hat) if tf.is_tensor(loss) else None


@pytest.mark.stub("Classifier.loss")
def test_loss_gradient(submission, reference, rng):
    """Gradients flow from the averaged loss to the logits."""
    y_hat, y = normal(rng, 6, 4), rng.integers(4, size=6)
    expected = loss_gradient(reference, model_of(reference, 0.1), y_hat, y)
    gradient = loss_gradient(submission, model_of(submission, 0.1), y_hat, y)
    assert_close(gradient, expected, what=_("the gradient of the loss"))


# ------------------------------------------------------------------------------ accuracy


@pytest.mark.stub("Classifier.accuracy")
def test_accuracy_document_value(submission):
    """Two of the course's three predictions are right: the accuracy is 2/3.

    Source: documents 000, 004.
    """
    y_hat = floats([0.2, 0.6, 0.2], [0.1, 0.1, 0.8], [0.9, 0.05, 0.05])
    y = np.array([0, 2, 0])
    each = method(submission, "accuracy", y_hat, y, averaged=False)
    observe(each)  # both together tell whether `averaged` is ignored or exchanged
    what = with_shapes("accuracy(y_hat, y)", y_hat, y)
    assert_number(method(submission, "accuracy", y_hat, y), 2 / 3, tolerance=1e-6, what=what)
    assert_close(each, [0, 1, 1], what="accuracy(y_hat, y, averaged=False)", shape_hint=_(FLAT))


def half_right(rng, shape):
    """Random scores (n, c), and labels of which the first half is right."""
    y_hat, y = normal(rng, *shape), rng.integers(shape[1], size=shape[0])
    y[: len(y) // 2] = y_hat[: len(y) // 2].argmax(1)
    return y_hat, y


@pytest.mark.stub("Classifier.accuracy")
@pytest.mark.parametrize("shape", [(1, 3), (2, 5), (5, 5), (50, 10)], ids=str)
def test_accuracy_averaged(submission, reference, rng, shape):
    """Averaged, which is the default, the accuracy is the fraction of rows whose largest score is
    in the column of the label."""
    for size in ((6, 4), shape):  # one row alone is right or wrong by chance
        y_hat, y = half_right(rng, size)
        expected = float(method(reference, "accuracy", y_hat, y))
        what = with_shapes("accuracy(y_hat, y)", y_hat, y)
        for options in ({}, {"averaged": True}):
            accuracy = method(submission, "accuracy", y_hat, y, **options)
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
    y_hat, y = np.eye(3), np.array([0, 1, 1])
    result = method(submission, "accuracy", y_hat, y, averaged=False)
    assert_close(result, [1.0, 1.0, 0.0], what="accuracy(y_hat, y, averaged=False)")
    dtype = str(getattr(result, "dtype", N_("no float32")))
    observe(dtype)
    assert dtype == "float32", _("the entries are {dtype}").format(dtype=_(dtype))


@pytest.mark.stub("Classifier.accuracy")
@pytest.mark.parametrize("shape", [(2, 3, 3), (4, 1, 5), (3, 6, 2)], ids=str)
@pytest.mark.parametrize("averaged", [True, False], ids=["averaged", "each"])
def test_accuracy_of_sequences(submission, reference, rng, shape, averaged):
    """Scores of shape (n, t, c) and labels of shape (n, t) are flattened.

    Source: document 004.
    """
    y_hat, y = normal(rng, *shape), rng.integers(shape[2], size=shape[:2])
    y[0] = y_hat[0].argmax(-1)
    call = f"accuracy(y_hat, y, averaged={averaged})"
    assert_same(submission, reference, call, y_hat, y, _(FLAT), averaged=averaged)


@pytest.mark.stub("Classifier.accuracy")
@pytest.mark.parametrize("dtype", ["int32", "uint8", "float32"])
def test_accuracy_of_other_label_types(submission, dtype):
    """The predictions take the type of the labels before they are compared.

    Source: document 004.
    """
    y_hat, y = np.eye(3)[[0, 2, 2, 1]], np.array([0, 2, 1, 1], dtype)
    accuracy = method(submission, "accuracy", y_hat, y)
    assert_number(accuracy, 0.75, tolerance=1e-6, what="accuracy(y_hat, y)")


# ------------------------------------------------------------------------------ validation_step


def step(submission, batch):
    """[loss, acc] of validation_step(batch), with the other methods supplied."""
    submission.supply(**{f"Classifier.{name}": f"Unusual.{name}" for name in ("loss", "accuracy")})
    result = method(submission, "validation_step", batch)
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
    batch = kind([normal(rng, *shape), rng.integers(shape[1], size=shape[0])])
    batch[1][: shape[0] // 2] = batch[0][: shape[0] // 2].argmax(1)
    assert_same_step(submission, reference, batch)


@pytest.mark.stub("Classifier.validation_step")
def test_validation_step_two_inputs(submission, reference, rng):
    """The last element of a batch is y, all others go into the model.

    Source: document 004.
    """
    batch = (normal(rng, 6, 4), normal(rng, 6, 4), rng.integers(4, size=6))
    assert_same_step(submission, reference, batch)


# ------------------------------------------------------------------------------ optimizers


@in_sandbox
def optimized(submission, weights, gradients, lr, later):
    """Two variables after one step of the model's optimizer for each pair of gradients. later: a
    learning rate that is set after the model was made."""
    model = submission.Classifier(lr)
    if later is not None:
        model.lr = later
    optimizer = getattr(submission, "Classifier.configure_optimizers")(model)
    variables = [tf.keras.Variable(weight) for weight in weights]
    for pair in gradients:
        optimizer.apply_gradients(zip(pair, variables))
    return [tf.convert_to_tensor(variable) for variable in variables]


@pytest.mark.stub("Classifier.configure_optimizers")
@pytest.mark.parametrize(
    ("lr", "later"), [(0.1, None), (0.5, None), (0.1, 0.03)], ids=["0.1", "0.5", "changed"]
)
def test_configure_optimizers(submission, reference, rng, lr, later):
    """Its optimizer makes plain steps of gradient descent, with self.lr.

    Source: document 004.
    """
    weights, *gradients = ([normal(rng, 3, 2), normal(rng, 2)] for _pair in range(4))
    case = (weights, gradients, lr, later)
    after = assert_sequence(optimized(submission, *case), 2, _("the variables"))
    expected = optimized(reference, *case)
    assert_each_close(
        after, expected, (_("the weight after three steps"), _("the bias after three steps"))
    )


# ------------------------------------------------------------------------------ fit_epoch


@in_sandbox
def fitted(submission, weights, batches, lr, as_dataset):
    """What fit_epoch returns for a linear model with these weights, and its weight and bias
    afterwards. The model has another learning rate than its optimizer."""

    class Linear(submission.Classifier):
        def __init__(self):
            super().__init__(10.0)
            self.layer = tf.keras.layers.Dense(
                weights[1].shape[0],
                kernel_initializer=lambda shape, dtype=None: weights[0],
                bias_initializer=lambda shape, dtype=None: weights[1],
            )

        def call(self, X, scale=1.0):
            return self.layer(X) * scale

    model = Linear()
    if as_dataset:
        X, y = (tf.concat(parts, 0) for parts in zip(*batches))
        batches = tf.data.Dataset.from_tensor_slices((X, y)).batch(len(batches[0][1]))
    loss = submission.fit_epoch(model, tf.keras.optimizers.SGD(lr), batches)
    return [loss, *(tf.convert_to_tensor(v) for v in model.layer.variables)]


def assert_same_epoch(submission, reference, weights, batches, lr, as_dataset=False):
    """Raise Mismatch unless an epoch gives the loss and the variables that the reference gives."""
    for side in (submission, reference):
        side.supply(**{"Classifier.loss": "Unusual.loss"})
    case = (weights, batches, lr, as_dataset)
    result, expected = fitted(submission, *case), fitted(reference, *case)
    loss, *after = assert_sequence(result, len(expected), _("the loss, the weight and the bias"))
    assert_number(loss, float(expected[0]), tolerance=1e-4, what=_("the loss of the epoch"))
    parts = (_("the weight after the epoch"), _("the bias after the epoch"))
    assert_each_close(after, expected[1:], parts)


def linear_case(rng, sizes, inputs=1):
    """Weights of a linear model from 5 features to 3 classes, and batches of these sizes."""
    weights = [normal(rng, 5, 3), normal(rng, 3)]
    batches = []
    for size in sizes:
        scales = [normal(rng, size, 3) for _more in range(inputs - 1)]
        batches.append([normal(rng, size, 5), *scales, rng.integers(3, size=size)])
    return weights, batches


@pytest.mark.stub("fit_epoch")
@pytest.mark.parametrize("lr", [0.1, 0.03])
def test_fit_epoch_makes_a_step_for_each_batch(submission, reference, rng, lr):
    """For each batch fit_epoch makes one step down the gradient of the model's own averaged loss,
    with the optimizer that it is given, and returns the mean loss."""
    weights, batches = linear_case(rng, (4, 4, 4))
    assert_same_epoch(submission, reference, weights, batches, lr)


@pytest.mark.stub("fit_epoch")
@pytest.mark.parametrize("sizes", [(6, 2), (4, 4, 1), (1,)], ids=str)
def test_fit_epoch_short_last_batch(submission, reference, rng, sizes):
    """The loss of an epoch is the mean over all examples, also where the last batch is short."""
    for lengths in ((5, 2), sizes):
        assert_same_epoch(submission, reference, *linear_case(rng, lengths), 0.1)


@pytest.mark.stub("fit_epoch")
def test_fit_epoch_two_inputs(submission, reference, rng):
    """The last element of a batch is y, all others go into the model."""
    assert_same_epoch(submission, reference, *linear_case(rng, (4, 3), inputs=2), 0.1)


@pytest.mark.stub("fit_epoch")
def test_fit_epoch_takes_a_dataset(submission, reference, rng):
    """The batches may be a tf.data.Dataset."""
    case = linear_case(rng, (4, 4, 3))
    assert_same_epoch(submission, reference, *case, 0.1, as_dataset=True)


# ------------------------------------------------------------------------------ training


EPOCHS = 3

# (batch size, {epoch: (mean training loss, room)}, what the accuracy on hidden images must exceed).
# It is the training of `classifier` with another library: the bands are those of its checks, which
# start from weights of N(0, 0.01), and so does this one.
BANDS = {
    "full": (256, {1: (0.7858, 0.013), 2: (0.5705, 0.006), 3: (0.5253, 0.006)}, 0.7),
    "embedded": (50, {1: (0.8597, 0.053), 2: (0.6045, 0.036), 3: (0.5476, 0.031)}, 0.6),
}


@in_sandbox
def real_training(submission, dataset, batch_size, epochs):
    """Train softmax regression, a subclass of the student's class, on the public data; returns the
    loss of every epoch, and the model."""

    class SoftmaxRegression(submission.Classifier):
        def __init__(self):
            super().__init__(0.1)
            normal = tf.keras.initializers.RandomNormal(stddev=0.01)
            self.linear = tf.keras.layers.Dense(10, kernel_initializer=normal)

        def call(self, X):
            return self.linear(tf.reshape(X, (-1, 784)))

    model = SoftmaxRegression()
    optimizer = getattr(submission, "Classifier.configure_optimizers")(model)
    batches = submission.data.batches(dataset, "train", batch_size, shuffle=True)
    return [
        float(submission.fit_epoch(model, optimizer, batches)) for _epoch in range(epochs)
    ], model


@pytest.fixture(scope="module")
def training(shared_submission, dataset):
    """Three epochs on the real data, once."""
    batch_size = BANDS[dataset.variant][0]
    result = real_training(shared_submission, dataset.name, batch_size, EPOCHS)
    return assert_sequence(result, 2, _("the result"))


@pytest.mark.stub("fit_epoch")
@pytest.mark.tier("training")
@pytest.mark.uses("Classifier.loss", "Classifier.configure_optimizers", "fit_epoch")
def test_training_loss_table(training, dataset):
    """Softmax regression on Fashion-MNIST, trained by your fit_epoch, reproduces the loss table.

    Source: documents 001, 003.
    """
    history, _rest = training
    keep_curve(_("the training loss"), history, USUAL[dataset.variant][0][:EPOCHS])
    assert_table([[loss] for loss in history], BANDS[dataset.variant][1])


@pytest.mark.stub("Classifier.configure_optimizers")
@pytest.mark.tier("training")
@pytest.mark.uses("Classifier.loss", "Classifier.configure_optimizers", "fit_epoch")
def test_training_hidden_accuracy(training, dataset):
    """A model trained with your optimizer recognises most test images, whose labels it never met:
    more than 70 % after three epochs on the full data, 60 % on the subset."""
    _rest, model = training
    problem = _("the model does not give ten scores for every image")
    accuracy = hidden_accuracy(model, dataset, problem)
    assert_between(accuracy, BANDS[dataset.variant][2], None, what=_("its accuracy on them"))
