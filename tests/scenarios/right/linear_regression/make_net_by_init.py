"""nn.init and one layer without Sequential."""

def make_net():
    net = nn.Linear(2, 1)
    nn.init.normal_(net.weight, mean=0, std=0.01)
    nn.init.constant_(net.bias, val=0)
    return net
