"""clamp on both sides; the slope is called alpha."""


def leaky_relu(x, alpha=0.01):
    return x.clamp(min=0) + alpha * x.clamp(max=0)
