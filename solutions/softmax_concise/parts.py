"""Working parts: ``submission.supply("make_net")`` puts one in the place of the student's own.

Many are the solution of their stub, so the file is not handed out. Of it, only what a check asks
for is sent into the box, as source; there it sees ``torch`` and the submission.
"""

import torch


def make_net():
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 10))
    return net.to(submission.data.device)


def init_weights(m):
    if type(m) is torch.nn.Linear:
        torch.nn.init.normal_(m.weight, std=0.01)


make_loss = torch.nn.CrossEntropyLoss


def make_trainer(net, lr=0.1):
    return torch.optim.SGD(net.parameters(), lr=lr)
