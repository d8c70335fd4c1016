"""The slope has a name that nobody knows."""

def leaky_relu(x, k=0.01):
    return torch.where(x > 0, x, k * x)
