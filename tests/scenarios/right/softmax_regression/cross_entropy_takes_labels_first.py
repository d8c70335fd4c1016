"""The labels first, in the loss and wherever a loss is called."""


def cross_entropy(labels, probs):
    return -probs[torch.arange(len(probs)), labels].log()


def train_epoch(net, train_iter, loss, updater):
    if isinstance(net, torch.nn.Module):
        net.train()
    total, right, count = 0.0, 0.0, 0
    for X, y in train_iter:
        y_hat = net(X)
        losses = loss(y, y_hat)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            losses.mean().backward()
            updater.step()
        else:
            losses.sum().backward()
            updater(len(y))
        total += float(losses.detach().sum())
        right += accuracy(y_hat, y)
        count += len(y)
    return total / count, right / count


def train(net, train_iter, test_iter, loss, num_epochs, updater):
    rows = []
    for _ in range(num_epochs):
        epoch = train_epoch(net, train_iter, loss, updater)
        rows.append((*epoch, evaluate_accuracy(net, test_iter)))
    return rows
