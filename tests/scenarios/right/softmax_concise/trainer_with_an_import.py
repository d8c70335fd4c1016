"""optim imported on its own, arguments by position."""

def make_trainer(net, lr=0.1):
    from torch import optim

    return optim.SGD(net.parameters(), lr)
