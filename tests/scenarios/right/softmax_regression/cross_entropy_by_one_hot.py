"""A product with the one-hot labels."""

def cross_entropy(y_hat, y):
    one_hot = torch.nn.functional.one_hot(y, y_hat.shape[1]).to(y_hat.dtype)
    return -(one_hot * torch.log(y_hat)).sum(dim=1)
