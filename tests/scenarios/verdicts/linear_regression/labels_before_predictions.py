"""linreg and the losses take their arguments in another order, and train calls them so."""

EXPECTED = {}


def linreg(w, X, b):
    return X @ w + b


def squared_loss(y, y_hat):
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


def train(net, loss, features, labels, w, b, lr, num_epochs, batch_size):
    history = []
    for epoch in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            loss(y, net(w, X, b)).sum().backward()
            sgd([w, b], lr, len(X))
        with torch.no_grad():
            history.append(float(loss(labels, net(w, features, b)).mean()))
    return history
