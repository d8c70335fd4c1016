"""One loss prints, one keeps its value in a variable, and train has no history."""

EXPECTED = {
    "loses": ["squared_loss", "absolute_loss", "train"],
    "first": {
        "squared_loss": "`squared_loss` prints and returns nothing",
        "absolute_loss": "`absolute_loss` returns nothing",
        "train": "^train returns nothing",
    },
}


def squared_loss(y_hat, y):
    print((y_hat - y.reshape(y_hat.shape)) ** 2 / 2)


def absolute_loss(y_hat, y):
    loss = (y_hat - y.reshape(y_hat.shape)).abs()


def train(net, loss, features, labels, w, b, lr, num_epochs, batch_size):
    for epoch in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            loss(net(X, w, b), y).sum().backward()
            sgd([w, b], lr, len(X))
