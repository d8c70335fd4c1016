def softmax(X, W, b):
    Z = X.reshape(-1, W.shape[0]) @ W + b
    E = torch.exp(Z)
    return E / E.sum(dim=1, keepdim=True)


net = lambda X: softmax(X, W, b)


def accuracy(y_hat, y):
    return (y_hat.argmax(dim=1) == y).float().mean().item()


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
        l = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            l.mean().backward()
            updater.step()
        else:
            l.sum().backward()
            updater(X.shape[0])
        total += float(l.mean()) * len(y)
        right += accuracy(y_hat, y) * len(y)
        count += len(y)
    return total / count, right / count
