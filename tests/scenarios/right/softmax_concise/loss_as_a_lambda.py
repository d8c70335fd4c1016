"""A lambda, the reduction spelled out."""

make_loss = lambda: torch.nn.CrossEntropyLoss(weight=None, reduction='none')
