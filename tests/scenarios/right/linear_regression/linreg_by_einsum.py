"""einsum and keyword names of its own."""

def linreg(x, weight, bias):
    return torch.einsum("np,po->no", x, weight) + bias
