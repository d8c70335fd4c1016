"""train_epoch returns its pair in the other order, and train takes it so."""

EXPECTED = {"loses": ["train_epoch"]}


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
        metric.add(losses.detach().sum(), accuracy(y_hat, y), len(y))
    return metric[1] / metric[2], metric[0] / metric[2]


def train(net, train_iter, test_iter, loss, num_epochs, updater):
    history = []
    for _ in range(num_epochs):
        train_acc, train_loss = train_epoch(net, train_iter, loss, updater)
        history.append((train_loss, train_acc, evaluate_accuracy(net, test_iter)))
    return history
