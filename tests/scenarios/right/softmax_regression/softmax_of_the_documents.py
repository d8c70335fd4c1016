"""softmax as documents 000, 001 and 003 print it: not stable."""

def softmax(X):
    X_exp = torch.exp(X)
    partition = X_exp.sum(1, keepdim=True)
    return X_exp / partition
