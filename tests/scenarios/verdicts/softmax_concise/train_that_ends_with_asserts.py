"""A train that ends as the documents do."""

EXPECTED = {}


def train(net, train_iter, test_iter, loss, num_epochs, updater):
    history = []
    for epoch in range(num_epochs):
        net.train()
        total, right, count = 0.0, 0.0, 0
        for X, y in train_iter:
            y_hat = net(X)
            l = loss(y_hat, y)
            updater.zero_grad()
            l.mean().backward()
            updater.step()
            total += float(l.detach().mean()) * len(y)
            right += float((y_hat.argmax(1) == y).sum())
            count += len(y)
        train_loss, train_acc = total / count, right / count
        net.eval()
        with torch.no_grad():
            pairs = [((net(X).argmax(1) == y).sum().item(), len(y)) for X, y in test_iter]
        test_acc = sum(a for a, _ in pairs) / sum(n for _, n in pairs)
        history.append((train_loss, train_acc, test_acc))
    assert train_loss < 0.5, train_loss
    assert train_acc <= 1 and train_acc > 0.7, train_acc
    assert test_acc <= 1 and test_acc > 0.7, test_acc
    return history
