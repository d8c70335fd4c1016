"""Hidden checks of logistic_regression.

Known values come from the documents (000, 002) and are cited where they stand; everything else is
compared with the reference on the same inputs for every student, or is an identity of document 002.
"""

import math

import pytest
import torch

from grader.checking import (
    N_,
    _,
    assert_between,
    assert_close,
    assert_number,
    assert_same,
    in_sandbox,
    with_shapes,
)

PER_ROW = N_("one number per distribution: the sum runs over the last axis")
MEAN = N_("the mean over the batch, one number")
OF_W = N_("that of w")
pytestmark = pytest.mark.uses(
    "sigmoid", "entropy", "cross_entropy", "kl_divergence", "cross_entropy_from_logits"
)


def distributions(rng, *shape, dtype=torch.float32):
    """Random probabilities along the last axis, none near 0."""
    values = torch.rand(shape, generator=rng, dtype=dtype) + 0.05
    return values / values.sum(-1, keepdim=True)


def assert_agrees(submission, reference, call, *case, hint=PER_ROW):
    """Raise Mismatch unless a stub returns what the reference's does."""
    assert_same(submission, reference, call, *case, shape_hint=_(hint))


def with_zeros(rng):
    """Six distributions of five probabilities of which about half are exactly 0."""
    values = torch.rand(6, 5, generator=rng)
    values = torch.where(values < 0.5, 0.0, values)
    values[:, 0] += 0.1  # no row is empty
    return values / values.sum(-1, keepdim=True)


def pair_with_zeros(rng):
    """Such distributions, and others that are 0 where those are, or not."""
    p = with_zeros(rng)
    q = torch.where((p == 0) & (torch.rand(6, 5, generator=rng) < 0.5), 0.0, p + 0.1)
    return p, q / q.sum(-1, keepdim=True)


@in_sandbox
def gradient_of(submission, stub, arguments, which, weights):
    """The gradient of the weighted sum of what a stub returns, for one of its arguments."""
    arguments[which].requires_grad_()
    result = getattr(submission, stub)(*arguments)
    (result * weights.reshape(result.shape)).sum().backward()
    return arguments[which].grad


def assert_same_gradient(submission, reference, stub, arguments, weights, what, which=0):
    """Raise Mismatch unless this gradient is what it is for the reference."""
    expected = gradient_of(reference, stub, arguments, which, weights)
    assert_close(gradient_of(submission, stub, arguments, which, weights), expected, what=what)


# ------------------------------------------------------------------------------ sigmoid


@pytest.mark.stub("sigmoid")
@pytest.mark.gate
def test_sigmoid_from_scratch(from_scratch):
    """sigmoid is built by you, not by a ready-made sigmoid."""
    from_scratch("sigmoid", [torch.tensor([0.0, 1.0])])


@pytest.mark.stub("sigmoid")
@pytest.mark.parametrize("shape", [(1,), (7,), (3, 4), (2, 3, 2)], ids=str)
def test_sigmoid_values(submission, reference, rng, shape):
    """sigmoid(z) is 1 / (1 + exp(-z)), element by element, for any shape."""
    z = 3 * torch.randn(shape, generator=rng)
    assert_same(submission, reference, "sigmoid(z)", z)


@pytest.mark.stub("sigmoid")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_sigmoid_of_large_scores(submission, dtype):
    """sigmoid comes near 0 and 1 for scores of -80 and 80, and is 0.5 at 0."""
    z = torch.tensor([-80.0, -20.0, 0.0, 20.0, 80.0], dtype=dtype)
    expected = [0.0, 1 / (1 + math.exp(20)), 0.5, 1 / (1 + math.exp(-20)), 1.0]
    assert_close(submission.sigmoid(z), expected, atol=1e-7, what=with_shapes("sigmoid(z)", z))


@pytest.mark.stub("sigmoid")
def test_sigmoid_symmetry(submission, rng):
    """sigmoid(z) + sigmoid(-z) is 1."""
    z = 3 * torch.randn(9, generator=rng, dtype=torch.float64)
    first, second = submission.sigmoid(z), submission.sigmoid(-z)
    assert_close(first, torch.sigmoid(z), what=with_shapes("sigmoid(z)", z))
    assert_close(first + second, torch.ones(9), what="sigmoid(z) + sigmoid(-z)")


@pytest.mark.stub("sigmoid")
def test_sigmoid_gradient(submission, reference, rng):
    """Gradients flow through sigmoid."""
    z, weights = 2 * torch.randn(6, generator=rng), torch.randn(6, generator=rng)
    assert_same_gradient(submission, reference, "sigmoid", [z], weights, _("the gradient"))


# ------------------------------------------------------------------------------ entropy


@pytest.mark.stub("entropy")
@pytest.mark.gate
def test_entropy_from_scratch(from_scratch):
    """entropy is built by you, not by a ready-made one."""
    from_scratch("entropy", [torch.tensor([0.5, 0.5])])


@pytest.mark.stub("entropy")
@pytest.mark.parametrize("shape", [(3,), (6, 4), (4, 4), (2, 3, 5)], ids=str)
def test_entropy_values(submission, reference, rng, shape):
    """entropy(p) is -sum p log p over the last axis, natural logarithm, for any shape."""
    assert_agrees(submission, reference, "entropy(p)", distributions(rng, *shape))


@pytest.mark.stub("entropy")
@pytest.mark.weight(2)
def test_entropy_of_one_hot(submission):
    """The entropy of a one-hot distribution such as [1, 0, 0, 0] is 1 log 1 = 0.

    Source: document 002.
    """
    result = submission.entropy(torch.eye(4))
    assert_close(result, torch.zeros(4), what="entropy(one-hot)")
    result = submission.entropy(torch.full((4,), 0.25))
    assert_between(result, 0.5, None, what="entropy([0.25, 0.25, 0.25, 0.25])")


@pytest.mark.stub("entropy")
def test_entropy_with_zeros(submission, reference, rng):
    """What never happens does not count: 0 log 0 is 0."""
    assert_agrees(submission, reference, "entropy(p)", with_zeros(rng))


@pytest.mark.stub("entropy")
@pytest.mark.parametrize("classes", [2, 10])
def test_entropy_of_uniform(submission, classes):
    """The entropy of c equal probabilities is the natural logarithm of c, here in float64."""
    result = submission.entropy(torch.full((classes,), 1 / classes, dtype=torch.float64))
    assert_number(result, math.log(classes), tolerance=1e-9, what="entropy(p)")


# ------------------------------------------------------------------------------ cross_entropy


@pytest.mark.stub("cross_entropy")
@pytest.mark.gate
def test_cross_entropy_from_scratch(from_scratch):
    """cross_entropy is built by you, not by a ready-made one."""
    from_scratch("cross_entropy", [torch.tensor([0.5, 0.5]), torch.tensor([0.9, 0.1])])


@pytest.mark.stub("cross_entropy")
def test_cross_entropy_document_values(submission):
    """For the one-hot labels 2 and 1 and the probabilities of the course's example it is [0.5108,
    0.2231].

    Source: document 000.

    Tolerance 5e-5: the document prints four digits.
    """
    p = torch.nn.functional.one_hot(torch.tensor([2, 1]), 3).double()
    q = torch.tensor([[0.2, 0.2, 0.6], [0.1, 0.8, 0.1]], dtype=torch.float64)
    result = submission.cross_entropy(p, q)
    what, hint = "cross_entropy(p, q)", _(PER_ROW)
    assert_close(result, [0.5108, 0.2231], atol=5e-5, rtol=0, what=what, shape_hint=hint)


@pytest.mark.stub("cross_entropy")
@pytest.mark.parametrize("shape", [(3,), (6, 4), (4, 4), (2, 3, 5)], ids=str)
def test_cross_entropy_values(submission, reference, rng, shape):
    """cross_entropy(p, q) is -sum p log q over the last axis, p the truth and q the model."""
    case = distributions(rng, *shape), distributions(rng, *shape)
    assert_agrees(submission, reference, "cross_entropy(p, q)", *case)


@pytest.mark.stub("cross_entropy")
def test_cross_entropy_with_zeros(submission, reference, rng):
    """Terms with p = 0 are 0, also where q is 0 as well."""
    assert_agrees(submission, reference, "cross_entropy(p, q)", *pair_with_zeros(rng))


@pytest.mark.stub("cross_entropy")
@pytest.mark.parametrize("case", ["soft", "one_hot"])
def test_cross_entropy_is_entropy_plus_divergence(submission, reference, rng, case):
    """H(p, q) = H(p) + KL(p || q); for one-hot labels it is KL(p || q).

    Source: document 002.
    """
    p = distributions(rng, 5, 4, dtype=torch.float64)
    if case == "one_hot":
        p = torch.eye(4, dtype=torch.float64)[[0, 3, 1, 1, 2]]
    q = distributions(rng, 5, 4, dtype=torch.float64)
    expected = reference.kl_divergence(p, q)
    if case == "soft":
        expected = expected + reference.entropy(p)
    result = submission.cross_entropy(p, q)
    assert_close(
        result, expected, what=with_shapes("cross_entropy(p, q)", p, q), shape_hint=_(PER_ROW)
    )


@pytest.mark.stub("cross_entropy")
def test_cross_entropy_of_truth(submission, reference, rng):
    """When the model has learned the truth, q = p, it is the entropy of p.

    Source: document 002.
    """
    p = distributions(rng, 5, 3, dtype=torch.float64)
    result = submission.cross_entropy(p, p)
    assert_close(result, reference.entropy(p), what="cross_entropy(p, p)", shape_hint=_(PER_ROW))


@pytest.mark.stub("cross_entropy")
def test_cross_entropy_gradient(submission, reference, rng):
    """Gradients flow to the probabilities of the model."""
    case = [distributions(rng, 5, 3), distributions(rng, 5, 3)]
    weights = torch.randn(5, generator=rng)
    what = _("the gradient for q")
    assert_same_gradient(submission, reference, "cross_entropy", case, weights, what, which=1)


# ------------------------------------------------------------------------------ kl_divergence


@pytest.mark.stub("kl_divergence")
@pytest.mark.gate
def test_kl_divergence_from_scratch(from_scratch):
    """kl_divergence is built by you, not by a ready-made one."""
    from_scratch("kl_divergence", [torch.tensor([0.5, 0.5]), torch.tensor([0.9, 0.1])])


@pytest.mark.stub("kl_divergence")
@pytest.mark.parametrize("shape", [(3,), (6, 4), (4, 4), (2, 3, 5)], ids=str)
def test_kl_divergence_values(submission, reference, rng, shape):
    """kl_divergence(p, q) is sum p log(p / q) over the last axis, natural logarithm."""
    p, q = distributions(rng, *shape), distributions(rng, *shape)
    assert_agrees(submission, reference, "kl_divergence(p, q)", p, q)


@pytest.mark.stub("kl_divergence")
@pytest.mark.weight(2)
def test_kl_divergence_of_one_hot(submission, rng):
    """For one-hot labels it is minus the logarithm of the true class's probability: the cross
    entropy.

    Source: document 002.
    """
    y, q = torch.tensor([0, 3, 1, 1, 2]), distributions(rng, 5, 4)
    result = submission.kl_divergence(torch.eye(4)[y], q)
    expected = -torch.log(q[torch.arange(5), y])
    assert_close(result, expected, what="kl_divergence(one-hot, q)", shape_hint=_(PER_ROW))


@pytest.mark.stub("kl_divergence")
def test_kl_divergence_with_zeros(submission, reference, rng):
    """Terms with p = 0 are 0, also where q is 0 as well."""
    assert_agrees(submission, reference, "kl_divergence(p, q)", *pair_with_zeros(rng))


@pytest.mark.stub("kl_divergence")
def test_kl_divergence_to_itself(submission, rng):
    """From a distribution to itself it is 0."""
    p = distributions(rng, 5, 4)
    result = submission.kl_divergence(p, p)
    assert_close(result, torch.zeros(5), what="kl_divergence(p, p)")
    result = submission.kl_divergence(torch.tensor([0.9, 0.1]), torch.tensor([0.1, 0.9]))
    assert_between(result, 0.5, None, what="kl_divergence([0.9, 0.1], [0.1, 0.9])")


@pytest.mark.stub("kl_divergence")
def test_kl_divergence_float64(submission, reference, rng):
    """It is the cross entropy minus the entropy, in float64 too.

    Source: document 002.
    """
    p, q = (distributions(rng, 5, 3, dtype=torch.float64) for _ in "pq")
    expected = reference.cross_entropy(p, q) - reference.entropy(p)
    result = submission.kl_divergence(p, q)
    assert_close(
        result, expected, what=with_shapes("kl_divergence(p, q)", p, q), shape_hint=_(PER_ROW)
    )


@pytest.mark.stub("kl_divergence")
def test_kl_divergence_gradient(submission, reference, rng):
    """Gradients flow to the probabilities of the model."""
    case = [distributions(rng, 5, 3), distributions(rng, 5, 3)]
    weights = torch.randn(5, generator=rng)
    what = _("the gradient for q")
    assert_same_gradient(submission, reference, "kl_divergence", case, weights, what, which=1)


# ------------------------------------------------------------------------------ from logits


LOSS = "cross_entropy_from_logits(logits, y)"

# logits, classes, mean loss (document 000; there as single losses, printed with four digits)
DOCUMENT = {
    "logits": ([[-2.3, 4, 1.5], [-5, 2, 8]], 4.291532),  # [2.5806, 6.0025]
    "probabilities": ([[0.2, 0.2, 0.6], [0.1, 0.8, 0.1]], 0.770049),  # [.8504, .6897]
    "log_odds": ([[-1.3863, -1.3863, 0.4055], [-2.1972, 1.3863, -2.1972]], 0.170875),
}


@pytest.mark.stub("cross_entropy_from_logits")
@pytest.mark.gate
def test_from_logits_from_scratch(from_scratch):
    """cross_entropy_from_logits is built by you, not by a ready-made softmax or loss."""
    from_scratch("cross_entropy_from_logits", [torch.tensor([[1.0, 2.0]]), torch.tensor([1])])


@pytest.mark.stub("cross_entropy_from_logits")
@pytest.mark.parametrize("name", DOCUMENT)
def test_from_logits_document_values(submission, name):
    """The losses of the course's examples: mean 4.291532 for its logits; its probabilities taken as
    logits; its log-odds, for which the true losses are [0.287682, 0.054067].

    Source: document 000.

    Tolerance 5e-5: the document prints four digits.
    """
    logits, expected = DOCUMENT[name]
    logits = torch.tensor(logits, dtype=torch.float64)
    result = submission.cross_entropy_from_logits(logits, torch.tensor([2, 1]))
    assert_close(result, expected, atol=5e-5, rtol=0, what=LOSS, shape_hint=_(MEAN))


@pytest.mark.stub("cross_entropy_from_logits")
@pytest.mark.parametrize("shape", [(1, 3), (4, 4), (7, 2), (32, 10)], ids=str)
def test_from_logits_values(submission, reference, rng, shape):
    """It is the mean of log(sum_j exp(o_j)) - o_y over the batch."""
    logits = 2 * torch.randn(shape, generator=rng)
    y = torch.randint(0, shape[1], (shape[0],), generator=rng)
    assert_agrees(submission, reference, LOSS, logits, y, hint=MEAN)


@pytest.mark.stub("cross_entropy_from_logits")
@pytest.mark.weight(3)
@pytest.mark.parametrize("scale", [100, 1000])
def test_from_logits_is_stable(submission, scale):
    """Logits of ±1000 give the right loss, neither nan nor infinity."""
    logits = torch.tensor([[1.0, 0.0, -1.0], [-1.0, 1.0, 0.5], [-1.0, -1.0, -1.0]]) * scale
    result = submission.cross_entropy_from_logits(logits, torch.tensor([1, 0, 2]))
    expected = (scale + 2 * scale + math.log(3)) / 3
    assert_close(result, expected, what=LOSS, shape_hint=_(MEAN))


@pytest.mark.stub("cross_entropy_from_logits")
def test_from_logits_of_nothing_known(submission):
    """A model that gives ten classes the same logit has a loss of ln 10 = 2.3026.

    Source: document 000.
    """
    result = submission.cross_entropy_from_logits(torch.full((5, 10), 3.0), torch.arange(5))
    assert_close(result, math.log(10), what=LOSS, shape_hint=_(MEAN))


@pytest.mark.stub("cross_entropy_from_logits")
@pytest.mark.parametrize("scale", [1, 1000])
def test_from_logits_gradient(submission, reference, rng, scale):
    """Gradients flow to the logits, also to large ones."""
    case = [scale * torch.randn(4, 3, generator=rng), torch.tensor([0, 2, 1, 1])]
    weights, what = torch.tensor(2.0), _("the gradient for the logits")
    stub = "cross_entropy_from_logits"
    assert_same_gradient(submission, reference, stub, case, weights, what)


# ------------------------------------------------------------------------------ accuracy_gradient


def far_from_threshold(rng, count, inputs, dtype=torch.float32):
    """Weights, inputs of at most 4 and classes; every score is at least 0.1 in absolute value."""
    w = torch.randn(inputs, generator=rng, dtype=dtype)
    X = torch.randn(20 * count, inputs, generator=rng, dtype=dtype).clamp(-4, 4)
    X = X[(X @ w).abs() > 0.1][:count]
    return w, X, torch.randint(0, 2, (count,), generator=rng)


@pytest.mark.stub("accuracy_gradient")
@pytest.mark.parametrize("shape", [(1, 5), (20, 4), (6, 6)], ids=str)
def test_accuracy_gradient_values(submission, reference, rng, shape):
    """It is the gradient of the accuracy itself, not of a loss or of a probability."""
    case = far_from_threshold(rng, *shape)
    assert_agrees(submission, reference, "accuracy_gradient(w, X, y)", *case, hint=OF_W)


@pytest.mark.stub("accuracy_gradient")
def test_accuracy_gradient_float64(submission, reference, rng):
    """It works with float64 weights and inputs and float64 classes."""
    w, X, y = far_from_threshold(rng, 12, 4, torch.float64)
    assert_agrees(submission, reference, "accuracy_gradient(w, X, y)", w, X, y.double(), hint=OF_W)


@pytest.mark.stub("accuracy_gradient")
def test_accuracy_gradient_across_a_step(submission):
    """On both sides of a jump of the accuracy the gradient is the same (from 0.499 to 0.501 the
    accuracy jumps, from 0.40 to 0.45 it stays).

    Source: document 002.
    """
    X, y = torch.tensor([[1.0], [-2.0], [0.5]]), torch.tensor([1, 0, 1])
    for weight in (-0.4, 0.4):
        result = submission.accuracy_gradient(torch.tensor([weight]), X, y)
        assert_close(result, [0.0], what="accuracy_gradient(w, X, y)", shape_hint=_(OF_W))
