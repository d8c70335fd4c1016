"""Changed by a comprehension whose value nobody looks at."""

W = torch.normal(0, 0.01, size=(784, 10))
b = torch.zeros(10)
params = [W, b]
[p.requires_grad_() for p in params]
