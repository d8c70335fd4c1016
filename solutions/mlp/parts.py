"""Working parts: ``submission.supply("relu")`` puts one in the place of the student's own.

Many are the solution of their stub, so the file is not handed out. Of it, only what a check asks
for is sent into the box, as source; there it sees ``torch`` and the submission.
"""

import torch

relu = torch.relu


def leaky_relu(x, negative_slope=0.01):
    return torch.nn.functional.leaky_relu(x, negative_slope)


def flat(images, device):
    return images.to(device).reshape(len(images), -1)


def train_epoch(net, train_loader, criterion, optimizer, device):
    net.train()
    total, count = 0.0, 0
    for images, target in train_loader:
        optimizer.zero_grad()
        loss = criterion(net(flat(images, device)), target.to(device))
        loss.backward()
        optimizer.step()
        total += float(loss.detach()) * len(target)
        count += len(target)
    return total / count


class MLP(torch.nn.Sequential):
    def __init__(self, activation="relu"):
        layers = [torch.nn.Linear(p, q) for p, q in ((784, 200), (200, 200), (200, 10))]
        between = torch.nn.LeakyReLU() if activation == "leaky_relu" else torch.nn.ReLU()
        super().__init__(layers[0], between, layers[1], between, layers[2])
