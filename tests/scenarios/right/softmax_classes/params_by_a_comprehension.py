"""The list holds what a method of each tensor returns."""

W, b = torch.normal(0.0, 0.01, (num_inputs, num_outputs)), torch.zeros(num_outputs)
params = [p.requires_grad_(True) for p in (W, b)]
