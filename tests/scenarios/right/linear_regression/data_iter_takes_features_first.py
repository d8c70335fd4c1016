"""Another order of arguments, and a train that knows it."""

def data_iter(features, labels, batch_size=10):
    order = torch.randperm(len(features))
    for i in range(0, len(features), batch_size):
        yield features[order[i : i + batch_size]], labels[order[i : i + batch_size]]

def train(net, loss, features, labels, w, b, lr, num_epochs, batch_size):
    means = []
    for epoch in range(num_epochs):
        for X, y in data_iter(features, labels, batch_size):
            loss(net(X, w, b), y).sum().backward()
            sgd([w, b], lr, batch_size)
        with torch.no_grad():
            means += [loss(net(features, w, b), labels).mean().item()]
    return means
