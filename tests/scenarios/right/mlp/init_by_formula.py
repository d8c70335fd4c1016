"""Scaled by hand; a list of nn.Parameter."""


def init_params() -> list:
    sizes = [784, 200, 200, 10]
    params = []
    for p, q in zip(sizes[:-1], sizes[1:]):
        params.append(nn.Parameter(torch.normal(0, (2 / p) ** 0.5, size=(q, p))))
        params.append(nn.Parameter(torch.zeros(q)))
    return params
