"""Wrong programs that are not in the bank; the second word of each says which entry of the bank
behaves like it, or "unlisted"."""


@misconception("softmax", "softmax_over_columns")
def columns_by_transposing_twice(X):
    scores = X.t().exp()
    return (scores / scores.sum(1, keepdim=True)).t()


@misconception("softmax", "softmax_over_everything")
def one_total_in_a_loop(X):
    total = 0
    for row in X:
        for value in row:
            total = total + torch.exp(value)
    return torch.exp(X) / total


@misconception("softmax", "softmax_without_exp")
def shares_by_einsum(X):
    return torch.einsum("ij,i->ij", X, 1 / X.sum(1))


@misconception("softmax", "softmax_returns_logarithms")
def minus_logsumexp(X):
    return X - torch.logsumexp(X, dim=1, keepdim=True)


@misconception("softmax", "unlisted")
def twos_instead_of_e(X):
    return 2**X / (2**X).sum(1, keepdim=True)


@misconception("softmax", "unlisted")
def rows_of_unit_length(X):
    return X.exp() / X.exp().norm(dim=1, keepdim=True)


@misconception("net", "net_without_bias")
def forgets_to_add(X):
    flat = X.flatten(1)
    scores = flat @ W
    scores + b
    return softmax(scores)


@misconception("net", "net_gives_logits")
def scores_only(X):
    return b + X.view(len(X), -1).mm(W)


@misconception("net", "net_softmax_twice")
def softmax_before_and_after(X):
    probabilities = softmax(X.reshape(X.shape[0], -1) @ W + b)
    for _ in range(1):
        probabilities = softmax(probabilities)
    return probabilities


@misconception("net", "unlisted")
def subtracts_the_bias(X):
    return softmax(X.flatten(1) @ W - b)


@misconception("cross_entropy", "cross_entropy_mean")
def loop_and_divide(y_hat, y):
    total = 0
    for row, label in zip(y_hat, y):
        total = total - torch.log(row[label])
    return total / len(y)


@misconception("cross_entropy", "cross_entropy_sum")
def dot_with_one_hot(y_hat, y):
    target = torch.zeros_like(y_hat)
    target[torch.arange(len(y)), y] = 1
    return -(target * y_hat.log()).sum()


@misconception("cross_entropy", "cross_entropy_log2")
def bits(y_hat, y):
    return -y_hat.gather(1, y.view(-1, 1)).squeeze(1).log() / 0.6931471805599453


@misconception("cross_entropy", "cross_entropy_without_minus")
def plain_logarithm(y_hat, y):
    return torch.stack([row[label].log() for row, label in zip(y_hat, y)])


@misconception("cross_entropy", "cross_entropy_column")
def gathered_as_it_is(y_hat, y):
    return -torch.log(torch.gather(y_hat, dim=1, index=y.unsqueeze(-1)))


@misconception("cross_entropy", "unlisted")
def one_minus_probability(y_hat, y):
    return 1 - y_hat[range(len(y_hat)), y]


@misconception("cross_entropy", "unlisted")
def adds_a_tenth(y_hat, y):
    return -torch.log(y_hat[range(len(y_hat)), y] + 0.1)


@misconception("accuracy", "accuracy_as_fraction")
def mean_of_matches(y_hat, y):
    return (torch.max(y_hat, 1)[1] == y).to(torch.float32).mean().item()


@misconception("accuracy", "accuracy_counts_errors")
def length_minus_right(y_hat, y):
    right = sum(int(row.argmax()) == int(label) for row, label in zip(y_hat, y))
    return len(y) - right


@misconception("accuracy", "unlisted")
def least_likely_class(y_hat, y):
    return float((y_hat.argmin(1) == y).sum())


@misconception("Accumulator", "AccumulatorOverwrites")
class TakesTheNewValues:
    def __init__(self, n):
        self.totals = [0.0 for _ in range(n)]

    def add(self, *values):
        for place, value in enumerate(values):
            self.totals[place] = float(value)

    def reset(self):
        self.totals = [0.0 for _ in self.totals]

    def __getitem__(self, place):
        return self.totals[place]


@misconception("sgd", "sgd_without_division")
def whole_gradient(params, lr, batch_size):
    for p in params:
        p.data.add_(p.grad, alpha=-lr)
        p.grad = None


@misconception("sgd", "sgd_adding")
def uphill(params, lr, batch_size):
    with torch.no_grad():
        for p in params:
            p.add_(p.grad * (lr / batch_size))
            p.grad.fill_(0)


@misconception("sgd", "unlisted")
def sign_of_the_gradient(params, lr, batch_size):
    with torch.no_grad():
        for p in params:
            p -= lr * p.grad.sign() / batch_size
            p.grad.zero_()


@misconception("train_epoch", "epoch_swaps_results")
def accuracy_comes_first(net, train_iter, loss, updater):
    if isinstance(net, torch.nn.Module):
        net.train()
    cost = right = seen = 0.0
    for images, labels in train_iter:
        guess = net(images)
        each = loss(guess, labels)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            each.mean().backward()
            updater.step()
        else:
            each.sum().backward()
            updater(len(labels))
        cost += float(each.sum())
        right += accuracy(guess, labels)
        seen += len(labels)
    return right / seen, cost / seen


@misconception("predict", "predict_numbers")
def indices_for_words(net, test_iter, n=6):
    images, labels = next(iter(test_iter))
    return labels[:n].tolist(), net(images)[:n].max(1).indices.tolist()


@misconception("softmax", "softmax_over_everything")
def shifted_rows_one_total(X):
    e = torch.exp(X - X.max(1, keepdim=True)[0])
    return e / e.sum()


@misconception("softmax", "softmax_without_keepdim")
def shifted_rows_flat_sums(X):
    e = torch.exp(X - X.max(1, keepdim=True).values)
    return e / e.sum(1)


@misconception("softmax", "softmax_without_exp")
def shifted_shares(X):
    X = X - X.max(1, keepdim=True).values
    return X / X.sum(1, keepdim=True)


@misconception("softmax", "unlisted")
def exponent_with_minus(X):
    e = torch.exp(-X)
    return e / e.sum(1, keepdim=True)


@misconception("net", "net_multiplies_elementwise")
def elementwise_by_mul(X):
    return softmax(torch.mul(X.view(X.shape[0], -1), W) + b)


@misconception("net", "unlisted")
def bias_on_the_pixels(X):
    return softmax((X.flatten(1) + b) @ W)


@misconception("cross_entropy", "cross_entropy_mean")
def mean_with_a_small_number(y_hat, y):
    p = y_hat.gather(1, y.view(-1, 1))
    return torch.mean(-torch.log(p + 1e-10))


@misconception("cross_entropy", "unlisted")
def loss_times_label(y_hat, y):
    return -torch.log(y_hat) * y.reshape(-1, 1)


@misconception("evaluate_accuracy", "evaluate_in_training_mode")
def neither_eval_nor_no_grad(net, data_iter):
    acc_sum, n = 0.0, 0
    for X, y in data_iter:
        acc_sum += (net(X).argmax(dim=1) == y).float().sum().item()
        n += y.shape[0]
    return acc_sum / n


@misconception("sgd", "unlisted")
def clears_before_the_step(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param.grad.zero_()
            param -= lr * param.grad / batch_size


@misconception("train_epoch", "epoch_returns_after_first_batch")
def leaves_after_one_batch(net, train_iter, loss, updater):
    if isinstance(net, torch.nn.Module):
        net.train()
    total, right, n = 0.0, 0.0, 0
    for X, y in train_iter:
        y_hat = net(X)
        l = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            l.mean().backward()
            updater.step()
        else:
            l.sum().backward()
            updater(X.shape[0])
        total += float(l.sum())
        right += (y_hat.argmax(1) == y).sum().item()
        n += len(y)
        return total / n, right / n
