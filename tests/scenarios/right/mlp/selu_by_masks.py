"""Two masked parts."""

ALPHA, SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946


def selu(x):
    below = ALPHA * (x.minimum(torch.zeros_like(x)).exp() - 1)
    return SCALE * ((x > 0) * x + (x <= 0) * below)
