"""Wrong programs that are not in the bank; the second word of each says which entry of the bank
behaves like it, or "unlisted"."""


@misconception("sigmoid", "sigmoid_without_minus")
def share_of_one(z):
    return 1 - torch.exp(z) / (1 + torch.exp(z))


@misconception("sigmoid", "unlisted")
def arc_tangent(z):
    return torch.atan(z) / 3.141592653589793 + 0.5


@misconception("entropy", "entropy_log2")
def surprise_in_bits(p):
    return torch.special.entr(p).sum(-1) / torch.log(torch.tensor(2.0))


@misconception("kl_divergence", "divergence_swapped")
def from_q_to_p(p, q):
    return (torch.xlogy(q, q) - torch.xlogy(q, p)).sum(-1)


@misconception("cross_entropy_from_logits", "from_logits_sum")
def total_over_the_batch(logits, y):
    top = logits.max(1, keepdim=True).values
    shifted = logits - top
    picked = shifted.gather(1, y[:, None]).squeeze(1)
    return (shifted.exp().sum(1).log() - picked).sum()


@misconception("cross_entropy_from_logits", "unlisted")
def half_of_the_mean(logits, y):
    top = logits.max(1, keepdim=True).values
    shifted = logits - top
    return (shifted.exp().sum(1).log() - shifted[range(len(y)), y]).mean() / 2


@misconception("entropy", "entropy_log2")
def bits_with_a_small_number(p):
    return -(p * torch.log2(p + 1e-12)).sum(-1)


@misconception("entropy", "entropy_without_minus")
def sum_without_minus_or_care(p):
    return (p * torch.log(p)).sum(-1)


@misconception("entropy", "entropy_over_everything")
def one_number_for_all(p):
    return -(p * torch.log(p.clamp(min=1e-12))).sum()


@misconception("entropy", "entropy_without_weights")
def surprises_alone(p):
    return -torch.log(p).sum(-1)


@misconception("cross_entropy", "cross_entropy_swapped")
def q_before_the_logarithm(p, q):
    return -(q * torch.log(p)).sum(-1)


@misconception("cross_entropy", "cross_entropy_without_minus")
def product_with_log_q(p, q):
    return (p * torch.log(q)).sum(-1)


@misconception("cross_entropy", "cross_entropy_not_summed")
def terms_in_place_of_the_sum(p, q):
    return -p * torch.log(q)


@misconception("cross_entropy", "cross_entropy_is_divergence")
def ratio_in_the_logarithm(p, q):
    return (p * torch.log(p / q)).sum(-1)


@misconception("cross_entropy", "unlisted")
def binary_terms(p, q):
    return -(p * torch.log(q) + (1 - p) * torch.log(1 - q)).sum(-1)


@misconception("kl_divergence", "divergence_swapped")
def difference_of_logarithms_by_q(p, q):
    return (q * (torch.log(q) - torch.log(p))).sum(-1)


@misconception("kl_divergence", "unlisted")
def jensen_shannon(p, q):
    m = (p + q) / 2
    return ((p * torch.log(p / m)).sum(-1) + (q * torch.log(q / m)).sum(-1)) / 2


@misconception("cross_entropy_from_logits", "from_logits_unstable")
def log_of_the_sum_overflows(logits, y):
    s = torch.exp(logits)
    return -(logits[range(len(y)), y] - torch.log(s.sum(1))).mean()


@misconception("cross_entropy_from_logits", "from_logits_clamped")
def small_number_is_added(logits, y):
    p = torch.softmax(logits, dim=1)
    return -torch.log(p[range(len(y)), y] + 1e-8).mean()


@misconception("cross_entropy_from_logits", "unlisted")
def probability_for_a_loss(logits, y):
    return -torch.softmax(logits, 1)[range(len(y)), y].mean()
