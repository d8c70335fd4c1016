from turtle import down

import fastai.vision
import torch
import torchsnooper as ts
from d2l import torch as d2l


def softmax(X):
    return torch.exp(X) / torch.exp(X).sum(1, keepdim=True)


def updater(batch_size):
    return d2l.sgd([W, b], lr, batch_size)


sgd = d2l.sgd
