"""Through NumPy: an array, or a number of its own."""

import numpy as np


def accuracy(self, y_hat, y, averaged=True):
    scores, y = np.asarray(y_hat), np.asarray(y)
    right = (scores.reshape(-1, scores.shape[-1]).argmax(1) == y.reshape(-1)).astype("float32")
    return right.mean() if averaged else right


Classifier.accuracy = accuracy
