"""Two names for the list and its parts at once, changed by a loop."""

params = W, b = [torch.normal(0, 0.01, size=(784, 10)), torch.zeros(10)]
for param in params:
    param.requires_grad = True
