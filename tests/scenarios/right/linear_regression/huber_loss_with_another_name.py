"""The threshold has a name that nobody knows."""

def huber_loss(y_hat, y, k=1.0):
    r = (y_hat - y.reshape(y_hat.shape)).abs()
    return torch.where(r <= k, r**2 / 2, k * (r - k / 2))
