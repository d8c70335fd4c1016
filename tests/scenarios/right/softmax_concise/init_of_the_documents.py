"""init_weights as documents 001 and 003 print it."""

def init_weights(m):
    if type(m) == nn.Linear:
        nn.init.normal_(m.weight, std=0.01)
