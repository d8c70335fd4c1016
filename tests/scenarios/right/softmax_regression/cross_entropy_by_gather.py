"""gather and squeeze(1)."""

def cross_entropy(y_hat, y):
    return -y_hat.gather(1, y.view(-1, 1)).log().squeeze(1)
