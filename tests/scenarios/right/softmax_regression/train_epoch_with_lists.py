"""Its own sums, tensors of metrics, a tuple of tensors."""

def train_epoch(net, train_iter, loss, updater):
    total, right, n = torch.tensor(0.0), torch.tensor(0.0), 0
    if isinstance(net, torch.nn.Module):
        net.train()
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
        total += l.sum().detach()
        right += (y_hat.argmax(1) == y).sum()
        n += len(y)
    return total / n, right / n
