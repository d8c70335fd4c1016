"""numpy in the middle, an array as the result."""

def accuracy_gradient(w, X, y):
    import numpy as np
    w, X, y = w.numpy(), X.numpy(), y.numpy()
    right = lambda v: np.mean((1 / (1 + np.exp(-X @ v)) > 0.5) == (y == 1))
    eye = np.eye(len(w), dtype=w.dtype)
    return np.array([(right(w + 0.01 * e) - right(w - 0.01 * e)) / 0.02 for e in eye])
