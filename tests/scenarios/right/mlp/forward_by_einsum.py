"""einsum, the relu of one's own, and other names."""


def forward(inputs: torch.Tensor) -> torch.Tensor:
    h1 = relu(torch.einsum("np,qp->nq", inputs, w1) + b1)
    h2 = relu(torch.einsum("np,qp->nq", h1, w2) + b2)
    return relu(torch.einsum("np,qp->nq", h2, w3) + b3)
