"""The closing asserts of document 003."""

def train(net, train_iter, test_iter, loss, num_epochs, updater):
    history = []
    for epoch in range(num_epochs):
        net.train()
        total, right, count = 0.0, 0.0, 0
        for X, y in train_iter:
            y_hat = net(X)
            l = loss(y_hat, y).mean()
            updater.zero_grad()
            l.backward()
            updater.step()
            total, right = total + float(l.detach()) * len(y), right + accuracy(y_hat, y)
            count += len(y)
        train_loss, train_acc = total / count, right / count
        test_acc = evaluate_accuracy(net, test_iter)
        history.append((train_loss, train_acc, test_acc))
    assert train_loss < 0.5, train_loss
    assert train_acc <= 1 and train_acc > 0.7, train_acc
    assert test_acc <= 1 and test_acc > 0.7, test_acc
    return history
