"""where with a safe logarithm."""

def entropy(p):
    safe = torch.where(p > 0, p, torch.ones_like(p))
    return -torch.sum(p * torch.log(safe), dim=-1)
