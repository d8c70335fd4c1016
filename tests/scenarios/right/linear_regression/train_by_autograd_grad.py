"""Gradients without backward."""

def train(net, loss, features, labels, w, b, lr, num_epochs, batch_size):
    @torch.no_grad()
    def mean_loss():
        return loss(net(features, w, b), labels).mean().item()

    def one_epoch():
        for X, y in data_iter(batch_size, features, labels):
            total = loss(net(X, w, b), y).sum()
            w.grad, b.grad = torch.autograd.grad(total, [w, b])
            sgd([w, b], lr, X.shape[0])
        return mean_loss()

    return [one_epoch() for _ in range(num_epochs)]
