"""net takes the weights under other names than the file has, and only one of its callers gives them."""

EXPECTED = {"loses": ["net"], "says": [r"`net` takes \(X, w, bias\), but `train\w*` calls it"]}


def net(X, w, bias):
    return softmax(X.reshape((-1, w.shape[0])) @ w + bias)


def evaluate_accuracy(net, data_iter):
    if isinstance(net, torch.nn.Module):
        net.eval()
    metric = Accumulator(2)
    with torch.no_grad():
        for X, y in data_iter:
            y_hat = net(X, W, b) if net is globals()["net"] else net(X)
            metric.add(accuracy(y_hat, y), len(y))
    return metric[0] / metric[1]
