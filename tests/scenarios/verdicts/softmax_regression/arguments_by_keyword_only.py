"""Parameters that can only be given by name; the program gives them so."""

EXPECTED = {}


def sgd(params, *, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size
            param.grad.zero_()


def updater(*, batch_size):
    sgd([W, b], batch_size=batch_size, lr=lr)


def accuracy(*, y_hat, y):
    return float((y_hat.argmax(dim=1) == y).sum())


def evaluate_accuracy(net, data_iter):
    if isinstance(net, torch.nn.Module):
        net.eval()
    metric = Accumulator(2)
    with torch.no_grad():
        for X, y in data_iter:
            metric.add(accuracy(y_hat=net(X), y=y), len(y))
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
            updater(batch_size=len(y))
        metric.add(losses.detach().sum(), accuracy(y=y, y_hat=y_hat), len(y))
    return metric[0] / metric[2], metric[1] / metric[2]
