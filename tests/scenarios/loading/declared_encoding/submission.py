# -*- coding: latin-1 -*-
# café
import torch


def softmax(X):
    return torch.exp(X) / torch.exp(X).sum(1, keepdim=True)
