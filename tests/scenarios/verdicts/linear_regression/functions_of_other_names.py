"""Names, orders and spellings of real files; one name of an argument is not known."""

EXPECTED = {}


def generate_examples(example_num, w, b):
    X = torch.normal(0, 1, (example_num, len(w)))
    y = X @ w + b
    return X, (y + torch.normal(0, 0.1, y.shape)).reshape(-1, 1)


def data_iter(features, labels, how_many):
    order = torch.randperm(len(features))
    for start in range(0, len(features), how_many):
        rows = order[start : start + how_many]
        yield features[rows], labels[rows]


def sgd(params, *, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size
            param.grad.zero_()


def train(net, loss, features, labels, w, b, lr, num_epochs, batch_size):
    history = []
    for epoch in range(num_epochs):
        for X, y in data_iter(features, labels, batch_size):
            loss(net(X, w, b), y).sum().backward()
            sgd([w, b], lr=lr, batch_size=len(X))
        with torch.no_grad():
            history.append(float(loss(net(features, w, b), labels).mean()))
    return history
