"""The parameters as further arguments."""


def forward(x, w1, b1, w2, b2, w3, b3):
    x = torch.max(torch.matmul(x, w1.T) + b1, torch.zeros(1, dtype=x.dtype))
    x = torch.max(torch.matmul(x, w2.T) + b2, torch.zeros(1, dtype=x.dtype))
    return torch.max(torch.matmul(x, w3.T) + b3, torch.zeros(1, dtype=x.dtype))
