"""The data, and a bias of zero; another name for the argument."""

def init_weights(layer: nn.Module) -> None:
    if isinstance(layer, torch.nn.Linear):
        layer.weight.data.normal_(mean=0.0, std=0.01)
        if layer.bias is not None:
            layer.bias.data.zero_()
