"""The activation after the last layer as well, in place."""


class MLP(nn.Module):
    def __init__(self, activation="relu"):
        super(MLP, self).__init__()
        kinds = {"relu": nn.ReLU(inplace=True), "leaky_relu": nn.LeakyReLU(inplace=True)}
        if isinstance(activation, str):
            act = kinds[activation]
        elif isinstance(activation, nn.Module):
            act = activation
        else:
            act = activation()
        self.model = nn.Sequential(
            nn.Linear(784, 200), act, nn.Linear(200, 200), act, nn.Linear(200, 10), act
        )

    def forward(self, x):
        x = self.model(x)
        return x
