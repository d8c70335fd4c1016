"""net takes the weights by other names than the file has, and every caller gives them."""

EXPECTED = {}


def net(X, w, bias):
    return softmax(X.reshape((-1, w.shape[0])) @ w + bias)


def called(net, X):
    return net(X) if isinstance(net, torch.nn.Module) else net(X, W, b)


def evaluate_accuracy(net, data_iter):
    if isinstance(net, torch.nn.Module):
        net.eval()
    metric = Accumulator(2)
    with torch.no_grad():
        for X, y in data_iter:
            metric.add(accuracy(called(net, X), y), len(y))
    return metric[0] / metric[1]


def train_epoch(net, train_iter, loss, updater):
    if isinstance(net, torch.nn.Module):
        net.train()
    metric = Accumulator(3)
    for X, y in train_iter:
        y_hat = called(net, X)
        losses = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            losses.mean().backward()
            updater.step()
        else:
            losses.sum().backward()
            updater(len(y))
        metric.add(losses.detach().sum(), accuracy(y_hat, y), len(y))
    return metric[0] / metric[2], metric[1] / metric[2]
