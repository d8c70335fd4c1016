"""The logarithm of the ratio, masked."""

def kl_divergence(p, q):
    ratio = torch.where(p > 0, p / torch.where(p > 0, q, 1.0), 1.0)
    return (p * ratio.log()).sum(dim=-1)
