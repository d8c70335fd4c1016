"""cross_entropy takes the labels first, and train_epoch gives it the predictions first."""

EXPECTED = {
    "loses": ["cross_entropy"],
    "says": [r"`cross_entropy` takes \(y, y_hat\), but `train_epoch` calls it as the text says"],
}


def cross_entropy(y, y_hat):
    return -torch.log(y_hat[range(len(y_hat)), y])
