"""Parameter groups, another name for lr, further arguments with defaults."""

def make_trainer(model, learning_rate=0.1, momentum=0.0):
    groups = [{"params": [p for p in model.parameters() if p.requires_grad]}]
    return torch.optim.SGD(groups, lr=learning_rate, momentum=momentum)
