"""Layers registered backwards, a dictionary of functions, Kaiming initialisation."""


class MLP(nn.Module):
    def __init__(self, activation="relu", hidden=200):
        super().__init__()
        self.out = nn.Linear(hidden, 10)
        self.fc2 = nn.Linear(hidden, hidden)
        self.fc1 = nn.Linear(28 * 28, hidden)
        if isinstance(activation, str):
            self.act = {"relu": relu, "leaky_relu": leaky_relu}[activation]
        else:
            self.act = activation() if isinstance(activation, type) else activation
        for layer in (self.fc1, self.fc2, self.out):
            nn.init.kaiming_normal_(layer.weight)

    def forward(self, x):
        x = self.act(self.fc1(x))
        x = self.act(self.fc2(x))
        return self.out(x)
