"""einsum, flatten, indices into params."""

def model(X, params):
    scores = torch.einsum("np,pc->nc", X.flatten(1), params[0]) + params[1].reshape(1, -1)
    return softmax(scores)
