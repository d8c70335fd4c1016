"""A ready-made class is imported and not used; what is wrong is something else."""

EXPECTED = {"loses": ["softmax"], "never_says": ["ready-made"]}

from torch.nn import Softmax
from torch.nn.functional import softmax as torch_softmax


def softmax(X):
    E = torch.exp(X)
    return E / E.sum(dim=0, keepdim=True)
