"""One dictionary, by name."""

W = torch.normal(0, 0.01, size=(784, 10), requires_grad=True)
b = torch.zeros(10, requires_grad=True)
params = {"W": W, "b": b}


def net(X):
    return softmax(torch.einsum("nd,dc->nc", X.flatten(1), params["W"]) + params["b"])


def updater(batch_size):
    sgd(params.values(), lr, batch_size)
