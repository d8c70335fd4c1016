"""softmax holds the linear layer, and net only passes it the weights."""

EXPECTED = {}


def softmax(X, W, b):
    E = torch.exp(X.reshape(-1, W.shape[0]) @ W + b)
    return E / E.sum(dim=1, keepdim=True)


net = lambda X: softmax(X, W, b)
