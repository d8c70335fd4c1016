"""Everything is computed and printed, and nothing returned."""

EXPECTED = {
    "loses": ["softmax", "cross_entropy", "accuracy", "evaluate_accuracy", "predict", "train"],
    "first": {
        "softmax": "returns nothing",
        "cross_entropy": "returns nothing",
        "accuracy": "`accuracy` prints and returns nothing",
        "evaluate_accuracy": "returns nothing",
        "train": "returns nothing",
        "predict": "returns nothing",
    },
    "never_says": ["ZeroDivision", "AssertionError"],
}


def softmax(X):
    E = torch.exp(X)
    P = E / E.sum(dim=1, keepdim=True)


def cross_entropy(y_hat, y):
    -torch.log(y_hat[range(len(y_hat)), y])


def accuracy(y_hat, y):
    print(float((y_hat.argmax(dim=1) == y).sum()))


def evaluate_accuracy(net, data_iter):
    if isinstance(net, torch.nn.Module):
        net.eval()
    metric = Accumulator(2)
    with torch.no_grad():
        for X, y in data_iter:
            metric.add((net(X).argmax(dim=1) == y).sum(), len(y))
    result = metric[0] / metric[1]


def train(net, train_iter, test_iter, loss, num_epochs, updater):
    for epoch in range(num_epochs):
        train_metrics = train_epoch(net, train_iter, loss, updater)
        test_acc = evaluate_accuracy(net, test_iter)
        print(epoch, train_metrics, test_acc)


def predict(net, test_iter, n=6):
    for X, y in test_iter:
        break
    preds = get_fashion_mnist_labels(net(X).argmax(axis=1))
    show_images(X[:n].reshape((n, 28, 28)), preds[:n])
