"""accuracy is a fraction, and whoever calls it multiplies by the size of the batch."""

EXPECTED = {}


def accuracy(y_hat, y):
    return float((y_hat.argmax(dim=1) == y).float().mean())


def evaluate_accuracy(net, data_iter):
    if isinstance(net, torch.nn.Module):
        net.eval()
    right, count = 0.0, 0
    with torch.no_grad():
        for X, y in data_iter:
            right += accuracy(net(X), y) * len(y)
            count += len(y)
    return right / count


def train_epoch(net, train_iter, loss, updater):
    if isinstance(net, torch.nn.Module):
        net.train()
    total, right, count = 0.0, 0.0, 0
    for X, y in train_iter:
        y_hat = net(X)
        losses = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            losses.mean().backward()
            updater.step()
        else:
            losses.sum().backward()
            updater(len(y))
        total += float(losses.sum())
        right += accuracy(y_hat, y) * len(y)
        count += len(y)
    return total / count, right / count
