"""Other names in another order, a tuple of floats, no no_grad."""

def train(features, labels, net, loss, w, b, epochs, lr, batch_size):
    history = ()
    for _ in range(epochs):
        for X, y in data_iter(batch_size, features, labels):
            loss(net(X, w, b), y).sum().backward()
            sgd((w, b), lr, X.shape[0])
        history += (loss(net(features, w, b), labels).mean().item(),)
    return history
