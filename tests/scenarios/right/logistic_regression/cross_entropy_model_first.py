"""The model first, under the names of the course."""

def cross_entropy(y_hat, y):
    log_q = torch.log(torch.where(y > 0, y_hat, torch.ones_like(y_hat)))
    return -(y * log_q).sum(-1)
