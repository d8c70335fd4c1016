"""The pair has names, its numbers are of a class of their own."""

from collections import namedtuple

Metrics = namedtuple("Metrics", "loss acc")


class Mean(float):
    def __str__(self):
        return f"{self:.3f}"


def train_epoch(net, train_iter, loss, updater):
    if isinstance(net, torch.nn.Module):
        net.train()
    total, right, n = 0.0, 0.0, 0
    for X, y in train_iter:
        y_hat = net(X)
        l = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            l.mean().backward()
            updater.step()
        else:
            l.sum().backward()
            updater(X.shape[0])
        total += float(l.sum())
        right += float((y_hat.argmax(1) == y).sum())
        n += len(y)
    return Metrics(loss=Mean(total / n), acc=Mean(right / n))
