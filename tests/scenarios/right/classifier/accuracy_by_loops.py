"""Slow: a Python loop over the predictions."""


def accuracy(self, y_hat, y, averaged=True):
    rows, classes = y_hat.reshape(-1, y_hat.shape[-1]).tolist(), y.reshape(-1).tolist()
    right = [float(row.index(max(row)) == int(c)) for row, c in zip(rows, classes)]
    return sum(right) / len(right) if averaged else torch.tensor(right)


Classifier.accuracy = accuracy
