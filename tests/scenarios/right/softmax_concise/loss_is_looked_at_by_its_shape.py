"""A function for an epoch that asks for the shape of the loss."""

class Accumulator:
    def __init__(self, n):
        self.data = [0.0] * n

    def add(self, *args):
        self.data = [a + float(b) for a, b in zip(self.data, args)]

    def __getitem__(self, i):
        return self.data[i]

def train_epoch(net, train_iter, loss, updater):
    net.train()
    metric = Accumulator(3)
    for X, y in train_iter:
        y_hat = net(X)
        l = loss(y_hat, y)
        updater.zero_grad()
        if l.shape == torch.Size([]):
            l.backward()
            updater.step()
            metric.add(float(l) * len(y), accuracy(y_hat, y), y.size().numel())
        else:
            l.mean().backward()
            updater.step()
            metric.add(l.sum(), accuracy(y_hat, y), y.numel())
    return metric[0] / metric[2], metric[1] / metric[2]

def train(net, train_iter, test_iter, loss, num_epochs, trainer):
    out = []
    for epoch in range(num_epochs):
        out.append([*train_epoch(net, train_iter, loss, trainer), evaluate_accuracy(net, test_iter)])
        print(epoch + 1, out[-1])
    return out
