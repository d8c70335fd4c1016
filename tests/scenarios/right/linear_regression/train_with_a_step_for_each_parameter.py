"""sgd is called for w, and once more for b."""

def train(net, loss, features, labels, w, b, lr, num_epochs, batch_size):
    history = []
    for _ in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            loss(net(X, w, b), y).sum().backward()
            for p in (w, b):
                sgd([p], lr, len(X))
        with torch.no_grad():
            history.append(loss(net(features, w, b), labels).mean().item())
    return history
