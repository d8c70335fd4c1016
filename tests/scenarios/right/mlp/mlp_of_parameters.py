"""nn.Parameter, weights of shape (inputs, outputs)."""


class MLP(nn.Module):
    def __init__(self, act=nn.ReLU):
        super().__init__()
        sizes = [784, 200, 200, 10]
        pairs = list(zip(sizes[:-1], sizes[1:]))
        self.W = nn.ParameterList([nn.Parameter(torch.randn(p, q) / p**0.5) for p, q in pairs])
        self.b = nn.ParameterList([nn.Parameter(torch.zeros(q)) for _, q in pairs])
        self.activation = make_activation(act)

    def forward(self, x):
        for i in range(3):
            x = x @ self.W[i] + self.b[i]
            if i < 2:
                x = self.activation(x)
        return x
