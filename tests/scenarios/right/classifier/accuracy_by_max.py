"""max over the last dimension; a Python float."""


def accuracy(self, y_hat, y, averaged=True):
    _, predicted = y_hat.max(-1)
    right = torch.eq(predicted.type(y.dtype), y).flatten().to(torch.float32)
    return right.mean().item() if averaged else right


Classifier.accuracy = accuracy
