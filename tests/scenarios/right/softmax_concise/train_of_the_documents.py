"""train_epoch_ch3 of documents 001 and 003 with an Accumulator, made to fit a mean loss."""

def train(net, train_iter, test_iter, loss, num_epochs, updater):
    class Accumulator:
        def __init__(self, n):
            self.data = [0.0] * n

        def add(self, *args):
            self.data = [a + float(b) for a, b in zip(self.data, args)]

        def __getitem__(self, idx):
            return self.data[idx]

    history = []
    for epoch in range(num_epochs):
        if isinstance(net, torch.nn.Module):
            net.train()
        metric = Accumulator(3)
        for X, y in train_iter:
            y_hat = net(X)
            l = loss(y_hat, y)
            updater.zero_grad()
            l.mean().backward()
            updater.step()
            metric.add(float(l.detach().mean()) * y.numel(), accuracy(y_hat, y), y.numel())
        test_acc = evaluate_accuracy(net, test_iter)
        print(f'epoch {epoch + 1}, loss {metric[0] / metric[2]:f}')
        history.append((metric[0] / metric[2], metric[1] / metric[2], test_acc))
    return history
