"""A layer that is made for the call."""

Classifier.loss = lambda self, y_hat, y, averaged=True: nn.CrossEntropyLoss(
    reduction=["none", "mean"][averaged]
)(y_hat, y)
