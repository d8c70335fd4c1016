"""softmax as document 000 prints it: not stable."""

def softmax(X):
    X_exp = torch.exp(X) # 每個 element 都先取 exp
    partition = X_exp.sum(1, keepdim=True) # 對每一列取 sum
    return X_exp / partition # 這裡用了 broadcasting
