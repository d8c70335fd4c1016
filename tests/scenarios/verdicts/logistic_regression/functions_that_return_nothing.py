"""What is computed is kept in a variable, and one function returns in one case only."""

EXPECTED = {
    "loses": ["sigmoid", "entropy", "kl_divergence"],
    "first": {
        "sigmoid": "`sigmoid` returns nothing",
        "entropy": "`entropy` returns nothing",
        "kl_divergence": "returns nothing",
    },
}


def sigmoid(z):
    s = 1 / (1 + torch.exp(-z))


def entropy(p):
    return print(-torch.special.xlogy(p, p).sum(-1))


def kl_divergence(p, q):
    if p.dim() > 1:
        return (torch.special.xlogy(p, p) - torch.special.xlogy(p, q)).sum(-1)
