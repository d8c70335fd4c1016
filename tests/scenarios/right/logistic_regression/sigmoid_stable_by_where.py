"""Two branches, so that exp never overflows."""

def sigmoid(z: torch.Tensor) -> torch.Tensor:
    e = torch.exp(-torch.abs(z))
    return torch.where(z >= 0, 1 / (1 + e), e / (1 + e))
