"""apply, and optional sizes."""

def make_net(num_inputs=2, num_outputs=1):
    def init(m):
        if type(m) == nn.Linear:
            nn.init.normal_(m.weight, std=0.01)
            nn.init.zeros_(m.bias)
    net = nn.Sequential(nn.Linear(num_inputs, num_outputs))
    net.apply(init)
    return net
