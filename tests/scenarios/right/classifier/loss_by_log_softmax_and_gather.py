"""log_softmax and gather."""


def loss(self, y_hat, y, averaged=True):
    picked = torch.log_softmax(y_hat, dim=-1).gather(1, y.view(-1, 1)).squeeze(1)
    return -picked.mean() if averaged else -picked


Classifier.loss = loss
