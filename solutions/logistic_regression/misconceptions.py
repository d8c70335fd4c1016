"""Typical wrong versions of single stubs, each with the sentence a student should read.

Read by grader.course.misconceptions.load, never run. An entry is appended to the solution, so the
names of the solution (sigmoid, entropy, …) are there.
"""

import torch

from grader.course.misconceptions import also, edit, misconception

# sigmoid


@misconception(
    "sigmoid",
    "The minus sign in the exponent is missing, so large scores become small probabilities: "
    "1 / (1 + exp(-z)).",
)
def sigmoid_without_minus(z):
    return 1 / (1 + torch.exp(z))


@misconception(
    "sigmoid",
    "This is the hyperbolic tangent, which goes from -1 to 1. The sigmoid goes from 0 to 1: "
    "1 / (1 + exp(-z)).",
)
def sigmoid_is_tanh(z):
    return torch.tanh(z)


@misconception(
    "sigmoid",
    "The sign before exp is wrong: the denominator is 1 + exp(-z).",
)
def sigmoid_with_difference(z):
    return 1 / (1 - torch.exp(-z))


@misconception(
    "sigmoid",
    "This is the decision, 0 or 1. Return the probability: 1 / (1 + exp(-z)).",
)
def sigmoid_decides(z):
    return (z > 0).to(z.dtype) + 0 * z


@misconception(
    "sigmoid",
    "This is a softmax over all scores, which add up to 1. The sigmoid looks at each score for "
    "itself.",
)
def sigmoid_is_softmax(z):
    return torch.exp(z) / torch.exp(z).sum()


@also("sigmoid_is_softmax")
def sigmoid_is_softmax_of_rows(z):
    return torch.exp(z) / torch.exp(z).sum(-1, keepdim=True)


# entropy


@misconception(
    "entropy",
    "The logarithm has the base 2. Use the natural one, torch.log.",
)
def entropy_log2(p):
    return -torch.where(p > 0, p * torch.log2(p), 0.0).sum(-1)


@misconception(
    "entropy",
    "0 * log(0) is nan in Python. What never happens does not count: make these terms 0, for "
    "example with torch.xlogy or torch.where.",
)
def entropy_nan_at_zero(p):
    return -(p * torch.log(p)).sum(-1)


@misconception(
    "entropy",
    "The minus sign is missing: an entropy is never negative.",
)
def entropy_without_minus(p):
    return torch.xlogy(p, p).sum(-1)


@misconception(
    "entropy",
    "All distributions of the batch are added up. Sum over the last axis only: sum(dim=-1).",
)
def entropy_over_everything(p):
    return -torch.xlogy(p, p).sum()


@misconception(
    "entropy",
    "The sum runs over the first axis. Each row is a distribution: sum over the last axis, dim=-1.",
)
def entropy_over_first_axis(p):
    return -torch.xlogy(p, p).sum(0)


@misconception(
    "entropy",
    "This is the mean over the classes. The entropy is their sum: sum(dim=-1).",
)
def entropy_mean(p):
    return -torch.xlogy(p, p).mean(-1)


@misconception(
    "entropy",
    "The surprises -log p are added up as they are. Multiply each by its probability first.",
)
def entropy_without_weights(p):
    return -torch.log(p.clamp(min=1e-30)).sum(-1)


@also("entropy_without_weights")
def entropy_without_weights_at_zero(p):
    return -torch.where(p > 0, torch.log(p), 0.0).sum(-1)


@also("entropy_without_weights")
def entropy_without_weights_infinite(p):
    return -torch.log(p).sum(-1)


# cross_entropy


@misconception(
    "cross_entropy",
    "The two distributions are in each other's place. p is the truth and stands before the "
    "logarithm, q is the model and stands in it.",
)
def cross_entropy_swapped(p, q):
    return -torch.xlogy(q, p).sum(-1)


@also("cross_entropy_swapped")
def cross_entropy_swapped_by_log(p, q):
    return -(q * torch.log(p)).sum(-1)


@misconception(
    "cross_entropy",
    "The logarithm has the base 2. Use the natural one, torch.log.",
)
def cross_entropy_log2(p, q):
    return -torch.where(p > 0, p * torch.log2(q), 0.0).sum(-1)


@misconception(
    "cross_entropy",
    "0 * log(0) is nan in Python. Terms with p = 0 are 0: use torch.xlogy(p, q) or torch.where.",
)
def cross_entropy_nan_at_zero(p, q):
    return -(p * torch.log(q)).sum(-1)


@misconception(
    "cross_entropy",
    "The minus sign is missing: a cross entropy is never negative.",
)
def cross_entropy_without_minus(p, q):
    return torch.xlogy(p, q).sum(-1)


@misconception(
    "cross_entropy",
    "This is the mean over the batch. Return one number per distribution.",
)
def cross_entropy_mean_over_batch(p, q):
    return -torch.xlogy(p, q).sum(-1).mean()


@misconception(
    "cross_entropy",
    "The terms are not added up. Sum over the last axis: sum(dim=-1).",
)
def cross_entropy_not_summed(p, q):
    return -torch.xlogy(p, q)


@misconception(
    "cross_entropy",
    "This is the divergence KL(p || q). The cross entropy is the entropy of p more.",
)
def cross_entropy_is_divergence(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)


@misconception(
    "cross_entropy",
    "The logarithm is missing: this is minus the product of p and q.",
)
def cross_entropy_without_log(p, q):
    return -(p * q).sum(-1)


# kl_divergence


@misconception(
    "kl_divergence",
    "The two distributions are in each other's place. KL(p || q) is sum p log(p / q).",
)
def divergence_swapped(p, q):
    return (torch.xlogy(q, q) - torch.xlogy(q, p)).sum(-1)


@also("divergence_swapped")
def divergence_swapped_by_log(p, q):
    return (q * torch.log(q / p)).sum(-1)


@misconception(
    "kl_divergence",
    "This is the cross entropy H(p, q). Subtract the entropy of p, or take log(p / q).",
)
def divergence_is_cross_entropy(p, q):
    return -torch.xlogy(p, q).sum(-1)


@misconception(
    "kl_divergence",
    "The sign is wrong: sum p log(p / q) is never negative.",
)
def divergence_negative(p, q):
    return (torch.xlogy(p, q) - torch.xlogy(p, p)).sum(-1)


@misconception(
    "kl_divergence",
    "The logarithm has the base 2. Use the natural one, torch.log.",
)
def divergence_log2(p, q):
    return torch.where(p > 0, p * torch.log2(p / q), 0.0).sum(-1)


@misconception(
    "kl_divergence",
    "0 * log(0) is nan in Python. Terms with p = 0 are 0: use torch.xlogy or torch.where.",
)
def divergence_nan_at_zero(p, q):
    return (p * torch.log(p / q)).sum(-1)


@misconception(
    "kl_divergence",
    "This is the sum over the whole batch. Sum over the last axis only: sum(dim=-1).",
)
def divergence_over_everything(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum()


@misconception(
    "kl_divergence",
    "The logarithms of the ratio are added up without their weights. Multiply each by p first.",
)
def divergence_without_weights(p, q):
    return torch.where(p > 0, torch.log(p / q), 0.0).sum(-1)


@also("divergence_without_weights")
def divergence_without_weights_infinite(p, q):
    return torch.log(p / q).sum(-1)


# cross_entropy_from_logits


@misconception(
    "cross_entropy_from_logits",
    "exp overflows for large logits, and infinity over infinity is nan. Subtract the largest logit "
    "of each row first, or use torch.logsumexp.",
)
def from_logits_unstable(logits, y):
    probabilities = torch.exp(logits) / torch.exp(logits).sum(1, keepdim=True)
    return -torch.log(probabilities[range(len(y)), y]).mean()


@also("from_logits_unstable")
def from_logits_unstable_sum(logits, y):
    return (torch.log(torch.exp(logits).sum(1)) - logits[range(len(y)), y]).mean()


@misconception(
    "cross_entropy_from_logits",
    "A probability that was rounded to 0 has no logarithm: take the logarithm of the sum and "
    "subtract, log(sum exp(o)) - o_y, instead of the logarithm of the quotient.",
)
def from_logits_half_stable(logits, y):
    shifted = torch.exp(logits - logits.max(1, keepdim=True).values)
    probabilities = shifted / shifted.sum(1, keepdim=True)
    return -torch.log(probabilities[range(len(y)), y]).mean()


@misconception(
    "cross_entropy_from_logits",
    "The probabilities are cut off at a small number, so no loss is larger than its logarithm. Use "
    "log(sum exp(o)) - o_y, which is exact.",
)
def from_logits_clamped(logits, y):
    shifted = torch.exp(logits - logits.max(1, keepdim=True).values)
    probabilities = shifted / shifted.sum(1, keepdim=True)
    return -torch.log(probabilities[range(len(y)), y].clamp(min=1e-12)).mean()


@also("from_logits_clamped")
def from_logits_clamped_at_8_digits(logits, y):
    return -torch.log(torch.softmax(logits, 1)[range(len(y)), y].clamp(min=1e-8)).mean()


@also("from_logits_clamped")
def from_logits_clamped_at_10_digits(logits, y):
    return -torch.log(torch.softmax(logits, 1)[range(len(y)), y].clamp(min=1e-10)).mean()


@also("from_logits_clamped")
def from_logits_clamped_on_both_sides(logits, y):
    return -torch.log(torch.softmax(logits, 1)[range(len(y)), y].clamp(1e-7, 1 - 1e-7)).mean()


@misconception(
    "cross_entropy_from_logits",
    "This is the sum over the batch. Return the mean.",
)
def from_logits_sum(logits, y):
    return (torch.logsumexp(logits, 1) - logits[range(len(y)), y]).sum()


@misconception(
    "cross_entropy_from_logits",
    "There is one loss per example. Return their mean over the batch, one number.",
)
def from_logits_per_example(logits, y):
    return torch.logsumexp(logits, 1) - logits[range(len(y)), y]


@misconception(
    "cross_entropy_from_logits",
    "The softmax is applied twice. The arguments are logits: apply it once.",
)
def from_logits_softmax_twice(logits, y):
    shifted = torch.exp(logits - logits.max(1, keepdim=True).values)
    logits = shifted / shifted.sum(1, keepdim=True)
    return (torch.logsumexp(logits, 1) - logits[range(len(y)), y]).mean()


@misconception(
    "cross_entropy_from_logits",
    "The sum of the exponentials runs over the batch. Each row is one example: dim=1.",
)
def from_logits_over_batch(logits, y):
    return (torch.logsumexp(logits, 0)[y] - logits[range(len(y)), y]).mean()


@misconception(
    "cross_entropy_from_logits",
    "The sign is wrong: the loss is log(sum exp(o)) - o_y and is never negative.",
)
def from_logits_negative(logits, y):
    return (logits[range(len(y)), y] - torch.logsumexp(logits, 1)).mean()


@misconception(
    "cross_entropy_from_logits",
    "The softmax is missing: this is minus the logit of the true class. Add log(sum exp(o)).",
)
def from_logits_without_softmax(logits, y):
    return -logits[range(len(y)), y].mean()


# accuracy_gradient


@misconception(
    "accuracy_gradient",
    "This is the gradient of the cross entropy. The accuracy counts decisions: what happens to it "
    "when w changes a little?",
)
def gradient_of_cross_entropy(w, X, y):
    return X.T @ (sigmoid(X @ w) - y.to(w.dtype)) / len(y)


@misconception(
    "accuracy_gradient",
    "This is the gradient of the mean probability of the true class. The accuracy counts "
    "decisions, 0 or 1: what happens to it when w changes a little?",
)
def gradient_of_probability(w, X, y):
    s = sigmoid(X @ w)
    return X.T @ ((2 * y.to(w.dtype) - 1) * s * (1 - s)) / len(y)


@edit(
    "accuracy_gradient",
    "The step of the difference is too large: it crosses jumps of the accuracy. Take a small one, "
    "such as 0.001.",
    ("step = 1e-3", "step = 1.0"),
)
def gradient_with_large_step(): ...


@misconception(
    "accuracy_gradient",
    "This is one number. The gradient has one entry for each weight, shape (p,).",
)
def gradient_as_one_number(w, X, y):
    return torch.zeros((), dtype=w.dtype)


@misconception(
    "accuracy_gradient",
    "This is the accuracy itself for every weight. Return how much it changes with each weight.",
)
def gradient_is_accuracy(w, X, y):
    correct = (sigmoid(X @ w) > 0.5) == (y == 1)
    return correct.to(w.dtype).mean() * torch.ones_like(w)


@misconception(
    "accuracy_gradient",
    "No gradient flows through a comparison such as > 0.5, so backward() finds no way back to w. "
    "What happens to the accuracy when w changes a little?",
    needs=r"backward|grad\(",
)
def gradient_through_decisions(w, X, y):
    w = w.clone().requires_grad_()
    ((sigmoid(X @ w) > 0.5) == (y == 1)).to(w.dtype).mean().backward()
    return w.grad
