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


@misconception("data_iter", "iter_loses_one_of_each_batch")
def end_of_slice_minus_one(batch_size, features, labels):
    n = len(features)
    idx = list(range(n))
    random.shuffle(idx)
    for i in range(0, n, batch_size):
        j = torch.tensor(idx[i : i + batch_size - 1])
        yield features[j], labels[j]


@misconception("data_iter", "iter_shuffles_batches")
def shuffles_chunks(batch_size, features, labels):
    parts = list(zip(features.split(batch_size), labels.split(batch_size)))
    random.shuffle(parts)
    yield from parts


@misconception("data_iter", "unlisted")
def labels_stay_in_order(batch_size, features, labels):
    idx = torch.randperm(len(features))
    for i in range(0, len(features), batch_size):
        yield features[idx[i : i + batch_size]], labels[i : i + batch_size]


@misconception("linreg", "linreg_elementwise")
def times_the_column(X, w, b):
    return X * w + b


@misconception("absolute_loss", "absolute_with_sign")
def label_minus_prediction(y_hat, y):
    return y.view_as(y_hat) - y_hat


@misconception("huber_loss", "huber_divided_by_delta")
def smooth_l1_with_beta(y_hat, y, delta=1.0):
    return torch.nn.functional.smooth_l1_loss(y_hat, y.view_as(y_hat), reduction="none", beta=delta)


@misconception("sgd", "sgd_on_copies")
def list_of_new_parameters(params, lr, batch_size):
    new = []
    with torch.no_grad():
        for p in params:
            new.append(p - lr * p.grad / batch_size)
            p.grad.zero_()
    return new
