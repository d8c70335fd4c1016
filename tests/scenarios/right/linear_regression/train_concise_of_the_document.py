"""The loop of document 003; the list holds tensors that still require gradients."""

def train_concise(net, data_iter, loss, trainer, num_epochs, features, labels):
    history = []
    for epoch in range(num_epochs):
        for X, y in data_iter:
            l = loss(net(X), y)
            trainer.zero_grad()
            l.backward()
            trainer.step()
        l = loss(net(features), labels)
        print(f'epoch {epoch + 1}, loss {l:f}')
        history.append(l)
    return history
