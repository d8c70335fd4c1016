"""Wrong programs that are not in the bank; the second word of each says which entry of the bank
behaves like it, or "unlisted"."""


@misconception("linreg", "linreg_without_bias")
def product_alone(X, w, b):
    return torch.einsum("ij,jk->ik", X, w)


@misconception("linreg", "linreg_subtracts_bias")
def minus_minus(X, w, b):
    return -(b - X @ w)


@misconception("linreg", "unlisted")
def scales_by_the_width(X, w, b):
    return X @ w / X.shape[1] + b


@misconception("squared_loss", "squared_without_half")
def power_of_two(y_hat, y):
    return torch.pow(y_hat - y.view(y_hat.shape), 2)


@misconception("squared_loss", "squared_mean")
def library_mean(y_hat, y):
    residual = y_hat.flatten() - y.flatten()
    return residual.dot(residual) / (2 * len(residual))


@misconception("squared_loss", "unlisted")
def a_third(y_hat, y):
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 3


@misconception("absolute_loss", "absolute_with_sign")
def plain_difference(y_hat, y):
    return y_hat.sub(y.reshape(y_hat.shape))


@misconception("huber_loss", "huber_without_half")
def mask_without_half(y_hat, y, delta=1.0):
    r = (y_hat - y.reshape(y_hat.shape)).abs()
    near = (r <= delta).to(r.dtype)
    return near * r * r + (1 - near) * delta * (r - delta / 2)


@misconception("huber_loss", "unlisted")
def always_a_line(y_hat, y, delta=1.0):
    r = (y_hat - y.reshape(y_hat.shape)).abs()
    return delta * (r - 0.5 * delta)


@misconception("sgd", "sgd_without_batch_size")
def forgets_the_divisor(params, lr, batch_size):
    for p in params:
        p.data.sub_(lr * p.grad)
        p.grad.zero_()
