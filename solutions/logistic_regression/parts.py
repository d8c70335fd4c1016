"""Working parts: ``submission.supply("entropy")`` puts one in the place of the student's own.

Many are the solution of their stub, so the file is not handed out. Of it, only what a check asks
for is sent into the box, as source; there it sees ``torch`` and the submission.
"""

import torch

sigmoid = torch.sigmoid


def entropy(p):
    return torch.special.entr(p).sum(-1)


def cross_entropy(p, q):
    return -torch.special.xlogy(p, q).sum(-1)


def kl_divergence(p, q):
    return (torch.special.xlogy(p, p) - torch.special.xlogy(p, q)).sum(-1)


def cross_entropy_from_logits(logits, y):
    return torch.nn.functional.cross_entropy(logits, y.long())
