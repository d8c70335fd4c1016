"""The bias is one more weight."""

def linreg(X, w, b):
    ones = torch.ones(len(X), 1, dtype=X.dtype, device=X.device)
    return torch.cat((X, ones), dim=1) @ torch.cat((w, b.reshape(1, 1)))
