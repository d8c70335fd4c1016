"""einsum; the class as a tensor."""


def optimal_decision(p, loss_matrix):
    return torch.einsum("y,yd->d", p, loss_matrix).argmin()
