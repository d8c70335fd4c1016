"""A stable softmax through logsumexp."""

def softmax(X: torch.Tensor) -> torch.Tensor:
    return (X - X.logsumexp(dim=-1, keepdim=True)).exp()
