"""W and b are the parameters of a module."""

class SoftmaxNet(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.W = torch.nn.Parameter(torch.normal(0, 0.01, (num_inputs, num_outputs)))
        self.b = torch.nn.Parameter(torch.zeros(num_outputs))

    def forward(self, X):
        return softmax(X.reshape(-1, W.shape[0]) @ W + b)

net = SoftmaxNet()
W, b = net.W, net.b
