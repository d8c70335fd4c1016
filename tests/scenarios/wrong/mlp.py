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


@misconception("forward", "unlisted")
def tangents(x):
    for w, b in ((w1, b1), (w2, b2), (w3, b3)):
        x = torch.tanh(x @ w.T + b)
    return x


@misconception("relu", "relu_in_place")
def mask_in_place(x):
    x[x < 0] = 0
    return x


@misconception("leaky_relu", "leaky_relu_adds_slope")
def adds_below_zero(x, negative_slope=0.01):
    return torch.where(x > 0, x, negative_slope + x)


@misconception("selu", "unlisted")
def rounded_constants(x):
    return 1.05 * torch.where(x > 0, x, 1.67 * (torch.exp(x) - 1))


@misconception("softplus", "softplus_mirrored")
def log1p_of_the_mirror(x):
    return torch.log1p(torch.exp(-x))


@misconception("evaluate", "evaluate_without_eval_mode")
def neither_eval_nor_no_grad(net, test_loader, criterion, device):
    loss = correct = n = 0
    for data, target in test_loader:
        data, target = data.view(-1, 784).to(device), target.to(device)
        logits = net(data)
        loss += criterion(logits, target).item() * len(target)
        correct += logits.argmax(dim=1).eq(target).sum().item()
        n += len(target)
    return loss / n, correct / n
