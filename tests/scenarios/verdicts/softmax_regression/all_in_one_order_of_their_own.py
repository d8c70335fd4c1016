"""Labels first everywhere, and data before the network: the program fits together."""

EXPECTED = {}


def cross_entropy(y, y_hat):
    return -torch.log(y_hat[range(len(y_hat)), y])


def accuracy(y, y_hat):
    return float((y_hat.argmax(dim=1) == y).sum())


def evaluate_accuracy(data_iter, net):
    if isinstance(net, torch.nn.Module):
        net.eval()
    metric = Accumulator(2)
    with torch.no_grad():
        for X, y in data_iter:
            metric.add(accuracy(y, net(X)), len(y))
    return metric[0] / metric[1]


def train_epoch(net, train_iter, loss, updater):
    if isinstance(net, torch.nn.Module):
        net.train()
    metric = Accumulator(3)
    for X, y in train_iter:
        y_hat = net(X)
        if isinstance(updater, torch.optim.Optimizer):
            losses = loss(y_hat, y)
            updater.zero_grad()
            losses.mean().backward()
            updater.step()
        else:
            losses = loss(y, y_hat)
            losses.sum().backward()
            updater(len(y))
        metric.add(losses.detach().sum(), accuracy(y, y_hat), len(y))
    return metric[0] / metric[2], metric[1] / metric[2]


def train(net, train_iter, test_iter, loss, num_epochs, updater):
    history = []
    for _ in range(num_epochs):
        train_metrics = train_epoch(net, train_iter, loss, updater)
        history.append((*train_metrics, evaluate_accuracy(test_iter, net)))
    return history
