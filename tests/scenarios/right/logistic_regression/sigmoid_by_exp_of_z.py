"""exp(z) above and below the fraction line, on float64."""

def sigmoid(x):
    e = torch.exp(x.double())
    return (e / (e + 1)).to(x.dtype)
