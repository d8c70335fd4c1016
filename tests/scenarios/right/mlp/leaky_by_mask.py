"""A mask, type hints, an argument that is not used."""


def leaky_relu(x: torch.Tensor, negative_slope: float = 1e-2, inplace: bool = False):
    mask = (x > 0).to(x.dtype)
    return mask * x + (1 - mask) * negative_slope * x
