"""copy_ under no_grad, and the layer is returned."""

@torch.no_grad()
def init_weights(m):
    if m.__class__.__name__.endswith("Linear"):
        m.weight.copy_(0.01 * torch.randn(m.weight.shape))
    return m
