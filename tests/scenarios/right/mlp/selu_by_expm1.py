"""expm1 and rounded constants."""


def selu(x, alpha=1.6732632, scale=1.050701):
    positive = torch.clamp(x, min=0)
    negative = torch.clamp(alpha * torch.expm1(x), max=0)
    return scale * (positive + negative)
