"""With the labels as rows of zeros and a one, and the sums of exponentials by hand."""


def loss(self, y_hat, y, averaged=True):
    shifted = y_hat - y_hat.max(axis=1, keepdims=True)
    logarithms = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    truth = npx.one_hot(y, y_hat.shape[1]).astype(y_hat.dtype)
    each = -(truth * logarithms).sum(axis=1)
    return each.sum() / len(y) if averaged else each


Classifier.loss = loss
