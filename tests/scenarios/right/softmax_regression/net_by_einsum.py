"""einsum, flatten and a bias by hand."""

def net(X):
    scores = torch.einsum("np,pc->nc", X.flatten(1), W) + b.reshape(1, -1)
    return softmax(scores)
