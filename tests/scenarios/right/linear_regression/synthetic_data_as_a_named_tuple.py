"""The pair is a named tuple."""

from typing import NamedTuple

class Examples(NamedTuple):
    features: torch.Tensor
    labels: torch.Tensor

def synthetic_data(w, b, count):
    X = torch.randn(count, w.numel())
    return Examples(X, (X @ w + b + torch.randn(count) * 0.1)[:, None])
