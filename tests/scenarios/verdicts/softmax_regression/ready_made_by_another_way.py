"""The same through log_softmax, and a loss of a class of torch.nn."""

EXPECTED = {
    "loses": ["softmax", "cross_entropy"],
    "first": {"softmax": "ready-made log_softmax", "cross_entropy": "ready-made nllloss"},
    "says": ["0 points"],
}

from torch import nn
import torch.nn.functional as F


def softmax(X):
    return F.log_softmax(X, dim=-1).exp()


def cross_entropy(y_hat, y):
    return nn.NLLLoss(reduction="none")(torch.log(y_hat), y)
