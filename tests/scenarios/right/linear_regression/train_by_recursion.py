"""An epoch, and then the rest of them."""

def train(net, loss, features, labels, w, b, lr, num_epochs, batch_size):
    if num_epochs == 0:
        return []
    for X, y in data_iter(batch_size, features, labels):
        torch.sum(loss(net(X, w, b), y)).backward()
        sgd([w, b], lr, y.shape[0])
    now = loss(net(features, w, b), labels).detach().mean()
    return [now] + train(net, loss, features, labels, w, b, lr, num_epochs - 1, batch_size)
