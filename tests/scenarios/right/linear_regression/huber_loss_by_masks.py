"""Masks as numbers, strict comparison, another name for delta."""

def huber_loss(y_hat, y, beta=1.0):
    a = abs(y_hat - y.reshape(y_hat.shape))
    near = (a < beta).to(a.dtype)
    return near * 0.5 * a * a + (1 - near) * beta * (a - 0.5 * beta)
