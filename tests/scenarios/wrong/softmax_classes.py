"""Wrong programs that are not in the bank; the second word of each says which entry of the bank
behaves like it, or "unlisted"."""


@misconception("softmax", "softmax_down_the_columns")
def columns_by_hand(X):
    return torch.stack([c.exp() / c.exp().sum() for c in X.unbind(1)], dim=1)


@misconception("model", "model_gives_logits")
def affine_only(X, params):
    weight, bias = params
    return torch.addmm(bias, X.flatten(1), weight)


@misconception("MyAcc", "AccOverColumns")
class ComparesAlongTheBatch:
    def __init__(self):
        self.right = self.seen = 0

    def update_state(self, y_hat, y):
        truth = y.argmax(1) if y.dim() > 1 else y
        guess = torch.max(y_hat, 0).indices
        self.right += sum(int(a) == int(b) for a, b in zip(guess, truth))
        self.seen += len(truth)

    def result(self):
        return self.right / self.seen if self.seen else 0.0

    def reset_state(self):
        self.right = self.seen = 0


@misconception("MySGD", "SGDAscends")
class AddsTheGradient:
    def __init__(self, params, lr=0.03):
        self.params, self.lr = list(params), lr

    def step(self):
        for p in self.params:
            p.data = p.data + self.lr * p.grad.data

    def zero_grad(self):
        for p in self.params:
            if p.grad is not None:
                p.grad.zero_()


@misconception("MySGD", "unlisted")
class StepsTwice:
    def __init__(self, params, lr=0.03):
        self.params, self.lr = list(params), lr

    def step(self):
        with torch.no_grad():
            for p in self.params:
                p -= 2 * self.lr * p.grad

    def zero_grad(self):
        for p in self.params:
            if p.grad is not None:
                p.grad.zero_()


@misconception("softmax", "softmax_of_the_whole_matrix")
def shifted_by_one_number(X):
    e = torch.exp(X - X.max())
    return e / e.sum()


@misconception("model", "model_detaches")
def predicts_without_gradients(X, params):
    with torch.no_grad():
        return softmax(X.flatten(1) @ params[0] + params[1])


@misconception("MyCategoricalCrossEntropy", "CategoricalMeanOfElements")
class elements_in_place_of_rows:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def __call__(self, y_hat, y):
        l = -y * y_hat.log()
        if self.reduction == "mean":
            return l.mean()
        elif self.reduction == "sum":
            return l.sum()
        return l


@misconception("MySparseCategoricalCrossEntropy", "SparseWithoutGradient")
class detached_losses:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def __call__(self, y_hat, y):
        l = -torch.log(y_hat[range(len(y)), y]).detach()
        return {"mean": l.mean(), "sum": l.sum(), "none": l}[self.reduction]


@misconception("MySGD", "SGDDividesByBatchSize")
class divides_by_256:
    def __init__(self, params, lr=0.03):
        self.params, self.lr = params, lr

    def step(self):
        for p in self.params:
            p.data -= self.lr * p.grad / 256

    def zero_grad(self):
        for p in self.params:
            if p.grad is not None:
                p.grad.zero_()
