"""accuracy takes the labels first, and evaluate_accuracy gives it the predictions first."""

EXPECTED = {
    "loses": ["accuracy"],
    "says": [r"`accuracy` takes \(y, y_hat\), but `\w+` calls it as the text says"],
}


def accuracy(y, y_hat):
    return float((y_hat.argmax(dim=1) == y).sum())
