"""A sum of products, row by row."""

def linreg(X, w, b):
    return (X * w.T).sum(1, keepdim=True) + b
