"""model as document 000 prints it."""

def model(X, params):
    """ softmax regression """
    W, b = params
    O = torch.matmul(X.reshape((-1, W.shape[0])), W) + b
    Y_hat = softmax(O)
    return Y_hat
