"""A subclass of nn.Module with named modules."""

def make_net():
    class LinearNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(2, 1)
            with torch.no_grad():
                self.fc.weight.copy_(torch.randn(1, 2) * 0.01)
                self.fc.bias.zero_()

        def forward(self, x):
            return self.fc(x)
    return LinearNet()
