"""One's own function, compiled."""

EXPECTED = {}


@torch.jit.script
def softmax(X):
    E = torch.exp(X)
    return E / E.sum(dim=1, keepdim=True)


@torch.jit.script
def cross_entropy(y_hat, y):
    return -torch.log(y_hat.gather(1, y.unsqueeze(1))).squeeze(1)
