"""Labels reshaped to a variable, a product instead of a power."""

def squared_loss(y_hat: torch.Tensor, y: torch.Tensor, scale=2) -> torch.Tensor:
    r = y_hat - torch.reshape(y, y_hat.shape)
    return r * r / scale
