"""view, pow and a factor, the labels first."""

def squared_loss(y, y_hat):
    return 0.5 * (y_hat - y.view(y_hat.size())).pow(2)
