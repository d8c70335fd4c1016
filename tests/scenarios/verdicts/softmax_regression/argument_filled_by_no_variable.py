"""An argument more than the text has is not filled with a variable of that name."""

EXPECTED = {
    "loses": ["accuracy"],
    "first": {"accuracy": "takes other arguments than the text says"},
    "says": ["threshold"],
}

threshold = 0.5


def accuracy(y_hat, y, threshold):
    return float((y_hat.argmax(dim=1) == y).sum())


def evaluate_accuracy(net, data_iter):
    if isinstance(net, torch.nn.Module):
        net.eval()
    metric = Accumulator(2)
    with torch.no_grad():
        for X, y in data_iter:
            metric.add(accuracy(net(X), y, threshold), len(y))
    return metric[0] / metric[1]


def train_epoch(net, train_iter, loss, updater):
    if isinstance(net, torch.nn.Module):
        net.train()
    metric = Accumulator(3)
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
        metric.add(losses.detach().sum(), accuracy(y_hat, y, threshold), len(y))
    return metric[0] / metric[2], metric[1] / metric[2]
