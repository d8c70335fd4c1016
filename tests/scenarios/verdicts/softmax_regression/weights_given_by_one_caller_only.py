"""net takes W and b first, and only one of its two callers gives them."""

EXPECTED = {
    "loses": ["net"],
    "says": [r"`net` takes \(W, b, X\), but `train_epoch` calls it as the text says"],
}


def net(W, b, X):
    return softmax(torch.matmul(X.reshape((-1, W.shape[0])), W) + b)


def evaluate_accuracy(net, data_iter):
    if isinstance(net, torch.nn.Module):
        net.eval()
    metric = Accumulator(2)
    with torch.no_grad():
        for X, y in data_iter:
            metric.add(accuracy(net(W, b, X), y), len(y))
    return metric[0] / metric[1]
