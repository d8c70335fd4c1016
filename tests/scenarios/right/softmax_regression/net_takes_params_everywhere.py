"""net(X, params) and updater(params, lr, batch_size), called so by all of the program."""


def net(X, params):
    return softmax(X.reshape(-1, params[0].shape[0]) @ params[0] + params[1])


def updater(params, lr, batch_size):
    sgd(params, lr, batch_size)


def scores(net, X):
    return net(X) if isinstance(net, torch.nn.Module) else net(X, [W, b])


def evaluate_accuracy(net, data_iter):
    if isinstance(net, torch.nn.Module):
        net.eval()
    right = count = 0
    with torch.no_grad():
        for X, y in data_iter:
            right += accuracy(scores(net, X), y)
            count += len(y)
    return right / count


def train_epoch(net, train_iter, loss, updater):
    if isinstance(net, torch.nn.Module):
        net.train()
    metric = Accumulator(3)
    for X, y in train_iter:
        y_hat = scores(net, X)
        losses = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            losses.mean().backward()
            updater.step()
        else:
            losses.sum().backward()
            updater([W, b], lr, len(y))
        metric.add(losses.detach().sum(), accuracy(y_hat, y), len(y))
    return metric[0] / metric[2], metric[1] / metric[2]


def train(net, train_iter, test_iter, loss, num_epochs, updater):
    rows = []
    for _ in range(num_epochs):
        epoch = train_epoch(net, train_iter, loss, updater)
        rows.append((*epoch, evaluate_accuracy(net, test_iter)))
    return rows


def predict(net, test_iter, n=6):
    X, y = next(iter(test_iter))
    guessed = scores(net, X[:n]).argmax(1)
    return get_fashion_mnist_labels(y[:n]), get_fashion_mnist_labels(guessed)
