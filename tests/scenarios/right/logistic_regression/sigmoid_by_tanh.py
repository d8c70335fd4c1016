"""Through tanh, as a lambda."""

sigmoid = lambda z: 0.5 * (torch.tanh(z / 2) + 1)
