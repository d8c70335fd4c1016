"""The epoch written out in train; what is seen is divided by what was there."""

def train(net, train_iter, test_iter, loss, num_epochs, updater):
    history = []
    for _ in range(num_epochs):
        total, right, seen = 0.0, 0.0, 0
        for X, y in train_iter:
            y_hat = net(X)
            losses = loss(y_hat, y)
            losses.sum().backward()
            updater(len(y))
            total, right = total + float(losses.sum()), right + accuracy(y_hat, y)
            seen += len(y)
        history.append((total / seen, right / seen, evaluate_accuracy(net, test_iter)))
    return history
