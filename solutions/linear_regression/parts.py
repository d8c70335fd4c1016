"""Working parts: ``submission.supply("sgd")`` puts one in the place of the student's own.

Many are the solution of their stub, so the file is not handed out. Of it, only what a check asks
for is sent into the box, as source; there it sees ``torch`` and the submission.
"""

import torch


def synthetic_data(w, b, count):
    X = torch.randn(count, len(w))
    y = X @ w + b + 0.1 * torch.randn(count)
    return X, y.reshape(-1, 1)


def data_iter(batch_size, features, labels):
    """In the order of the data, so that trainings are comparable."""
    return list(zip(features.split(batch_size), labels.split(batch_size)))


def shuffled(batch_size, features, labels):
    """For the data_iter of a real training."""
    order = torch.randperm(len(features), device=features.device)
    return data_iter(batch_size, features[order], labels[order])


def linreg(X, w, b):
    return X @ w + b


def squared_loss(y_hat, y):
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


def sgd(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size
            param.grad.zero_()


def load_array(data_arrays, batch_size, is_train=True):
    dataset = torch.utils.data.TensorDataset(*data_arrays)
    return torch.utils.data.DataLoader(dataset, batch_size, shuffle=is_train)


def make_net():
    net = torch.nn.Linear(2, 1)
    torch.nn.init.normal_(net.weight, 0, 0.01)
    torch.nn.init.zeros_(net.bias)
    return net
