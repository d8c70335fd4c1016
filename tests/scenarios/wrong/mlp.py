"""Wrong programs that are not in the bank; the second word of each says which entry of the bank
behaves like it, or "unlisted"."""


@misconception("relu", "relu_absolute")
def square_root_of_the_square(x):
    return (x * x).sqrt()


@misconception("relu", "unlisted")
def shifted_by_one(x):
    return torch.where(x > 1, x, torch.zeros_like(x))


@misconception("leaky_relu", "leaky_relu_fixed_slope")
def maximum_of_two(x, negative_slope=0.01):
    return torch.maximum(x, x / 100)


@misconception("softplus", "softplus_without_log")
def forgotten_logarithm(x):
    return torch.exp(x) + torch.ones_like(x)


@misconception("forward", "forward_without_biases")
def products_only(x):
    for w in (w1, w2, w3):
        x = torch.relu(x @ w.T)
    return x


@misconception("forward", "unlisted")
def two_relus_of_the_first(x):
    h = relu(relu(x @ w1.t() + b1) @ w2.t() + b1)
    return relu(h @ w3.t() + b3)
