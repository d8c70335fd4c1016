"""randn and column vectors, in the style of d2l, with type hints."""

def synthetic_data(w: torch.Tensor, b: float, num_examples: int):
    X = torch.randn(num_examples, w.numel())
    y = X @ w.view(-1, 1) + b
    return X, y + 0.1 * torch.randn_like(y)
