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
