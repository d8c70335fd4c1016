"""The formula itself: infinite from 89 on in float32, which is not asked for."""


def softplus(x):
    return torch.log(1 + torch.exp(x))
