"""An object of a module of its own."""

class HalfSquared(nn.Module):
    def forward(self, y_hat, y):
        return (y_hat - y.reshape(y_hat.shape)).pow(2) / 2

squared_loss = HalfSquared()
