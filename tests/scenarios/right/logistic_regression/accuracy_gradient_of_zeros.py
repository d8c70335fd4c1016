"""What one knows about it: zero almost everywhere."""

def accuracy_gradient(w, X, y):
    return torch.zeros_like(w)
