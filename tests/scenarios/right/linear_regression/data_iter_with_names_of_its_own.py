"""Names that say nothing, by which its own train calls it."""

def data_iter(size, inputs, targets):
    order = torch.randperm(len(inputs))
    for i in range(0, len(inputs), size):
        yield inputs[order[i : i + size]], targets[order[i : i + size]]

def train(net, loss, features, labels, w, b, lr, num_epochs, batch_size):
    history = []
    for _ in range(num_epochs):
        for X, y in data_iter(size=batch_size, inputs=features, targets=labels):
            loss(net(X, w, b), y).sum().backward()
            sgd([w, b], lr, len(X))
        with torch.no_grad():
            history.append(loss(net(features, w, b), labels).mean().item())
    return history
