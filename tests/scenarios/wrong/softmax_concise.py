"""Wrong programs that are not in the bank; the second word of each says which entry of the bank
behaves like it, or "unlisted"."""


@misconception("make_net", "net_with_softmax")
def softmax_as_a_module():
    layers = [nn.Flatten(), nn.Linear(784, 10), nn.Softmax(-1)]
    return nn.Sequential(*layers)


@misconception("make_loss", "loss_as_sum")
def total_of_the_batch():
    def total(y_hat, y):
        return nn.functional.cross_entropy(y_hat, y, reduction="sum")

    return total


@misconception("make_trainer", "trainer_with_fixed_rate")
def a_tenth_whatever(net, lr=0.1):
    return torch.optim.SGD([{"params": list(net.parameters())}], lr=1 / 10)


@misconception("make_trainer", "unlisted")
def adagrad(net, lr=0.1):
    return torch.optim.Adagrad(net.parameters(), lr=lr)


@misconception("make_loss", "loss_after_softmax")
def softmax_then_mean():
    def loss(y_hat, y):
        return nn.functional.cross_entropy(nn.functional.softmax(y_hat, dim=1), y)

    return loss


@misconception("make_loss", "loss_squared")
def mean_squared_error():
    def loss(y_hat, y):
        return nn.functional.mse_loss(y_hat, nn.functional.one_hot(y, y_hat.shape[1]).float())

    return loss


@misconception("make_trainer", "unlisted")
def a_tenth_of_the_rate(net, lr=0.1):
    return torch.optim.SGD(net.parameters(), lr=lr / 10)
