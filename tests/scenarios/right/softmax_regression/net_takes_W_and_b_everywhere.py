"""W and b are arguments, also in predict."""

def net(X, W, b):
    return softmax(X.reshape(-1, W.shape[0]) @ W + b)

def evaluate_accuracy(net, data_iter):
    right = total = 0
    if isinstance(net, torch.nn.Module):
        net.eval()
    with torch.no_grad():
        for X, y in data_iter:
            y_hat = net(X) if isinstance(net, torch.nn.Module) else net(X, W, b)
            right += accuracy(y_hat, y)
            total += len(y)
    return right / total

def train_epoch(net, train_iter, loss, updater):
    if isinstance(net, torch.nn.Module):
        net.train()
    total_loss, right, count = 0.0, 0.0, 0
    for X, y in train_iter:
        y_hat = net(X) if isinstance(net, torch.nn.Module) else net(X, W, b)
        l = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            l.mean().backward()
            updater.step()
        else:
            l.sum().backward()
            updater(len(y))
        total_loss += float(l.sum())
        right += accuracy(y_hat, y)
        count += len(y)
    return total_loss / count, right / count

def predict(net, test_iter, n=6):
    X, y = next(iter(test_iter))
    guessed = net(X[:n]) if isinstance(net, torch.nn.Module) else net(X[:n], W, b)
    return get_fashion_mnist_labels(y[:n]), get_fashion_mnist_labels(guessed.argmax(1))
