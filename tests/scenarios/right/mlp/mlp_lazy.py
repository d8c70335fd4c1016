"""Layers that learn their size from a first call."""

class MLP(nn.Module):
    def __init__(self, act="relu"):
        super().__init__()
        self.net = nn.Sequential(
            nn.LazyLinear(200), make_activation(act), nn.LazyLinear(200), make_activation(act), nn.LazyLinear(10)
        )
        self.net(torch.zeros(1, 784))

    def forward(self, x):
        return self.net(x)
