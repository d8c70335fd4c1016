"""The norm of one number."""

def absolute_loss(y_hat, y):
    r = (y_hat - y.reshape(y_hat.shape)).unsqueeze(-1)
    return torch.linalg.norm(r, dim=-1)
