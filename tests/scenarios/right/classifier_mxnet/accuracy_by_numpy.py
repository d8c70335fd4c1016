"""By numpy, and a number of Python for the mean."""


def accuracy(self, y_hat, y, averaged=True):
    scores = y_hat.asnumpy()
    right = scores.reshape(-1, scores.shape[-1]).argmax(1) == y.asnumpy().reshape(-1)
    return float(right.mean()) if averaged else right.astype(numpy.float32)


Classifier.accuracy = accuracy
