"""The loop of document 003, which passes batch_size; the list holds 0-d tensors."""

def train(net, loss, features, labels, w, b, lr, num_epochs, batch_size):
    losses = []
    for epoch in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            l = loss(net(X, w, b), y)
            l.sum().backward()
            sgd([w, b], lr, batch_size)
        with torch.no_grad():
            train_l = loss(net(features, w, b), labels)
            print(f'epoch: {epoch}, loss: {float(train_l.mean()):f}')
            losses.append(train_l.mean())
    return losses
