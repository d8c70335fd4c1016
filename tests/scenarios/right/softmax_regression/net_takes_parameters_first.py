def net(W, b, X):
    return softmax(X.reshape((-1, W.shape[0])) @ W + b)


def cross_entropy(y, y_hat):
    return -torch.log(y_hat[range(len(y)), y])


def called(net, X):
    if isinstance(net, torch.nn.Module):
        return net(X)
    return net(W, b, X)


def evaluate_accuracy(net, data_iter):
    if isinstance(net, torch.nn.Module):
        net.eval()
    metric = Accumulator(2)
    with torch.no_grad():
        for X, y in data_iter:
            metric.add(accuracy(called(net, X), y), y.numel())
    return metric[0] / metric[1]


def train_epoch(net, train_iter, loss, updater):
    if isinstance(net, torch.nn.Module):
        net.train()
    metric = Accumulator(3)
    for X, y in train_iter:
        y_hat = called(net, X)
        if isinstance(updater, torch.optim.Optimizer):
            l = loss(y_hat, y)
            updater.zero_grad()
            l.mean().backward()
            updater.step()
        else:
            l = loss(y, y_hat)
            l.sum().backward()
            updater(X.shape[0])
        metric.add(float(l.sum()), accuracy(y_hat, y), y.numel())
    return metric[0] / metric[2], metric[1] / metric[2]
