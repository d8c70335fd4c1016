"""W = 0, a tuple: softmax regression needs no symmetry breaking."""

params = (torch.zeros(784, 10, requires_grad=True), torch.zeros(10, requires_grad=True))
