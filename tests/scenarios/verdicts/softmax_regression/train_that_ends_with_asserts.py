"""Everything inline in train, which ends as the document does; predict draws what it returns."""

EXPECTED = {}


def train(net, train_iter, test_iter, loss, num_epochs, updater):
    history = []
    for epoch in range(num_epochs):
        total, right, count = 0.0, 0.0, 0
        for X, y in train_iter:
            y_hat = net(X)
            losses = loss(y_hat, y)
            if isinstance(updater, torch.optim.Optimizer):
                updater.zero_grad()
                losses.mean().backward()
                updater.step()
            else:
                losses.sum().backward()
                updater(X.shape[0])
            total += float(losses.sum())
            right += float((y_hat.argmax(dim=1) == y).sum())
            count += len(y)
        train_loss, train_acc = total / count, right / count
        test_acc = evaluate_accuracy(net, test_iter)
        history.append((train_loss, train_acc, test_acc))
    assert train_loss < 0.5, train_loss
    assert train_acc <= 1 and train_acc > 0.7, train_acc
    assert test_acc <= 1 and test_acc > 0.7, test_acc
    return history


def predict(net, test_iter, n=6):
    for X, y in test_iter:
        break
    trues = get_fashion_mnist_labels(y)
    preds = get_fashion_mnist_labels(net(X).argmax(axis=1))
    titles = [true + "\n" + pred for true, pred in zip(trues, preds)]
    show_images(X[0:n].reshape((n, 28, 28)), titles[0:n])
    return trues[0:n], preds[0:n]
