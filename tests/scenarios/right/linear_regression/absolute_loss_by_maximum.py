"""The larger of r and -r."""

def absolute_loss(y_hat, y):
    r = y_hat - y.view_as(y_hat)
    return torch.maximum(r, -r)
