"""Drawn with numpy, returned as float32 tensors; the count comes first."""

def synthetic_data(num_examples, w, b, noise=0.1):
    import numpy as np
    X = np.random.normal(0, 1, size=(num_examples, len(w)))
    y = X @ w.numpy().astype(np.float64) + b + np.random.normal(0, noise, num_examples)
    return torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.float32).unsqueeze(1)
