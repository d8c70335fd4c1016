"""A class of its own with forward, by way of a function with arguments that have defaults."""

def make_net(num_inputs=28 * 28, num_outputs=10):
    class SoftmaxRegression(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(num_inputs, num_outputs)

        def forward(self, X):
            return self.linear(X.reshape(X.shape[0], -1))

    return SoftmaxRegression()
