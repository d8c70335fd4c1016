"""Tuples of words, with keyword arguments."""

def predict(net, test_iter, n=6, **kwargs):
    for X, y in test_iter:
        break
    trues = get_fashion_mnist_labels(y)
    preds = get_fashion_mnist_labels(net(X).argmax(axis=1))
    return tuple(trues[:n]), tuple(preds[:n])
