"""A timer around every function, whose wrapper has neither their names nor their parameters."""

EXPECTED = {}

import time


def timed(function):
    def wrapper(*args, **kwargs):
        start = time.time()
        result = function(*args, **kwargs)
        print(f"{time.time() - start:.4f} s")
        return result

    return wrapper


@timed
def softmax(X):
    E = torch.exp(X)
    return E / E.sum(dim=1, keepdim=True)


@timed
def net(X):
    return softmax(X.reshape((-1, W.shape[0])) @ W + b)


@timed
def cross_entropy(y_hat, y):
    return -torch.log(y_hat[range(len(y_hat)), y])


@timed
def accuracy(y_hat, y):
    return float((y_hat.argmax(dim=1) == y).sum())


@timed
def evaluate_accuracy(net, data_iter):
    if isinstance(net, torch.nn.Module):
        net.eval()
    metric = Accumulator(2)
    with torch.no_grad():
        for X, y in data_iter:
            metric.add(accuracy(net(X), y), len(y))
    return metric[0] / metric[1]


@timed
def sgd(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size
            param.grad.zero_()


@timed
def updater(batch_size):
    sgd([W, b], lr, batch_size)


@timed
def train(net, train_iter, test_iter, loss, num_epochs, updater):
    history = []
    for _ in range(num_epochs):
        train_metrics = train_epoch(net, train_iter, loss, updater)
        history.append((*train_metrics, evaluate_accuracy(net, test_iter)))
    return history
