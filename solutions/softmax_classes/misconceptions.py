"""Typical wrong versions of single stubs, each with the sentence a student should read.

Read by grader.misconceptions.load, never run. An entry is appended to the solution, so the names
of the solution (W, b, params, softmax, MySGD, MyAcc, train_epoch, …) are there.
"""

import torch

from grader.course.misconceptions import misconception, patch

# softmax


@misconception(
    "softmax",
    "The sum runs down the columns (dim 0). Each row is one example: sum over dim 1 with "
    "keepdim=True, so that each row adds up to 1.",
)
def softmax_down_the_columns(X):
    X_exp = torch.exp(X)
    return X_exp / X_exp.sum(0, keepdim=True)


@misconception(
    "softmax",
    "The result is divided by the sum of the whole matrix. Every row is a distribution of its "
    "own: divide each row by the sum of that row (dim 1, keepdim=True).",
)
def softmax_of_the_whole_matrix(X):
    X_exp = torch.exp(X)
    return X_exp / X_exp.sum()


@misconception(
    "softmax",
    "The exponential is missing: the logits themselves are divided by their sum, which can give "
    "negative numbers. Apply torch.exp to every element first.",
)
def softmax_without_exponential(X):
    return X / X.sum(1, keepdim=True)


@misconception(
    "softmax",
    "These are the logarithms of the probabilities. Return the probabilities: "
    "exp(X) divided by the row sums of exp(X).",
)
def softmax_as_logarithm(X):
    return X - torch.log(torch.exp(X).sum(1, keepdim=True))


# model


@misconception(
    "model",
    "The argument params is ignored: the notebook's own W and b are used. Take W and b out of "
    "params, W, b = params, so that the model works with any parameters.",
)
def model_ignores_params(X, params):
    return softmax(torch.matmul(X.reshape((-1, W.shape[0])), W) + b)


@misconception(
    "model",
    "model returns the logits XW + b. Send them through your softmax, so that each row is a "
    "distribution.",
)
def model_gives_logits(X, params):
    W, b = params
    return torch.matmul(X.reshape((-1, W.shape[0])), W) + b


@misconception(
    "model",
    "The bias b is not used. Add it to the product before the softmax: softmax(XW + b).",
)
def model_without_bias(X, params):
    W, _ = params
    return softmax(torch.matmul(X.reshape((-1, W.shape[0])), W))


@misconception(
    "model",
    "softmax is applied twice, which makes all probabilities nearly equal. Apply it once, to "
    "the logits.",
)
def model_softmax_twice(X, params):
    W, b = params
    return softmax(softmax(torch.matmul(X.reshape((-1, W.shape[0])), W) + b))


@misconception(
    "model",
    "The parameters are cut off from the gradients by .data or detach(), so they cannot be "
    "learned. Use W and b as they are.",
)
def model_detaches(X, params):
    W, b = params
    return softmax(torch.matmul(X.reshape((-1, W.shape[0])), W) + b).detach() + 0 * b.sum()


patch(
    "params_from_unit_normal",
    "model",
    "W is drawn with standard deviation 1. Use 0.01: with large weights the untrained model is "
    "very sure of wrong answers, and training starts with a large loss.",
    "W = torch.normal(0, 1, size=(784, 10), requires_grad=True)\nparams = [W, b]",
)

patch(
    "params_with_variance",
    "model",
    "W is drawn with standard deviation 0.1, as if 0.01 were the variance. In this course "
    "N(0, 0.01) gives the standard deviation: torch.normal(0, 0.01, …).",
    "W = torch.normal(0, 0.1, size=(784, 10), requires_grad=True)\nparams = [W, b]",
)

patch(
    "params_without_gradient",
    "model",
    "W does not require a gradient, so backward() gives it none and it cannot be trained. "
    "Create it with requires_grad=True.",
    "W = torch.normal(0, 0.01, size=(784, 10))\nparams = [W, b]",
)

patch(
    "params_with_bias_one",
    "model",
    "b starts at 1. It should start at zero: torch.zeros(10, requires_grad=True).",
    "b = torch.ones(10, requires_grad=True)\nparams = [W, b]",
)


# MyCategoricalCrossEntropy


@misconception(
    "MyCategoricalCrossEntropy",
    "The reduction is ignored: the result is always the mean. Keep it in self.reduction and look "
    "at it in __call__.",
)
class CategoricalAlwaysMean:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def __call__(self, y_hat, y):
        return -(y * torch.log(y_hat)).sum(1).mean()


@misconception(
    "MyCategoricalCrossEntropy",
    "The mean is taken over all n x c elements, so the loss is too small by a factor of c. Sum "
    "over each row first (dim 1), then take the mean of the n losses.",
)
class CategoricalMeanOfElements:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def __call__(self, y_hat, y):
        losses = -(y * torch.log(y_hat))
        if self.reduction == "mean":
            return losses.mean()
        return losses.sum() if self.reduction == "sum" else losses.sum(1)


@misconception(
    "MyCategoricalCrossEntropy",
    "The sum runs down the columns (dim 0), which gives one number per class. Sum over each row, "
    "dim 1: one loss per example.",
)
class CategoricalOverColumns:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def __call__(self, y_hat, y):
        losses = -(y * torch.log(y_hat)).sum(0)
        if self.reduction == "mean":
            return losses.mean()
        return losses.sum() if self.reduction == "sum" else losses


@misconception(
    "MyCategoricalCrossEntropy",
    "The soft label is rounded to its largest class. Use every element of y as a weight: the sum "
    "of y times log y_hat over the row.",
)
class CategoricalOfLargestLabel:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def __call__(self, y_hat, y):
        losses = -torch.log(y_hat[range(len(y_hat)), y.argmax(1)])
        if self.reduction == "mean":
            return losses.mean()
        return losses.sum() if self.reduction == "sum" else losses


@misconception(
    "MyCategoricalCrossEntropy",
    "The loss applies a softmax of its own to y_hat, as PyTorch's ready-made loss does. y_hat "
    "holds probabilities already: take their logarithm as they are.",
)
class CategoricalOfLogits:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def __call__(self, y_hat, y):
        y_hat = torch.exp(y_hat) / torch.exp(y_hat).sum(1, keepdim=True)
        losses = -(y * torch.log(y_hat)).sum(1)
        if self.reduction == "mean":
            return losses.mean()
        return losses.sum() if self.reduction == "sum" else losses


@misconception(
    "MyCategoricalCrossEntropy",
    "The minus sign is missing. The logarithm of a probability is negative; the loss is minus "
    "that, so that a better prediction has a smaller loss.",
)
class CategoricalWithoutMinus:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def __call__(self, y_hat, y):
        losses = (y * torch.log(y_hat)).sum(1)
        if self.reduction == "mean":
            return losses.mean()
        return losses.sum() if self.reduction == "sum" else losses


@misconception(
    "MyCategoricalCrossEntropy",
    "This is the logarithm to base 10. The loss uses the natural logarithm, torch.log.",
)
class CategoricalLog10:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def __call__(self, y_hat, y):
        losses = -(y * torch.log10(y_hat)).sum(1)
        if self.reduction == "mean":
            return losses.mean()
        return losses.sum() if self.reduction == "sum" else losses


@misconception(
    "MyCategoricalCrossEntropy",
    "Prediction and label have changed places: this is the logarithm of the label. The order is "
    "loss(y_hat, y), and the logarithm is that of y_hat.",
)
class CategoricalSwapped:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def __call__(self, y, y_hat):
        losses = -(y * torch.log(y_hat)).sum(1)
        if self.reduction == "mean":
            return losses.mean()
        return losses.sum() if self.reduction == "sum" else losses


@misconception(
    "MyCategoricalCrossEntropy",
    'Without an argument this loss gives the sum. The default is the mean: reduction="mean".',
)
class CategoricalDefaultSum:
    def __init__(self, reduction="sum"):
        self.reduction = reduction

    def __call__(self, y_hat, y):
        losses = -(y * torch.log(y_hat)).sum(1)
        if self.reduction == "mean":
            return losses.mean()
        return losses.sum() if self.reduction == "sum" else losses


# MySparseCategoricalCrossEntropy


@misconception(
    "MySparseCategoricalCrossEntropy",
    "The reduction is ignored: the result is always the mean. Keep it in self.reduction and look "
    "at it in __call__.",
)
class SparseAlwaysMean:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def __call__(self, y_hat, y):
        return -torch.log(y_hat[range(len(y_hat)), y]).mean()


@misconception(
    "MySparseCategoricalCrossEntropy",
    'The reductions "mean" and "sum" have changed places.',
)
class SparseReductionsSwapped:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def __call__(self, y_hat, y):
        losses = -torch.log(y_hat[range(len(y_hat)), y])
        if self.reduction == "sum":
            return losses.mean()
        return losses.sum() if self.reduction == "mean" else losses


@misconception(
    "MySparseCategoricalCrossEntropy",
    "The logarithm is missing: this is minus the probability of the true class. The loss is minus "
    "the natural logarithm of it, -torch.log(…).",
)
class SparseWithoutLog:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def __call__(self, y_hat, y):
        losses = -y_hat[range(len(y_hat)), y]
        if self.reduction == "mean":
            return losses.mean()
        return losses.sum() if self.reduction == "sum" else losses


@misconception(
    "MySparseCategoricalCrossEntropy",
    "This is the logarithm to base 10. The loss uses the natural logarithm, torch.log.",
)
class SparseLog10:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def __call__(self, y_hat, y):
        losses = -torch.log10(y_hat[range(len(y_hat)), y])
        if self.reduction == "mean":
            return losses.mean()
        return losses.sum() if self.reduction == "sum" else losses


@misconception(
    "MySparseCategoricalCrossEntropy",
    "The loss applies a softmax of its own to y_hat, as PyTorch's ready-made loss does. y_hat "
    "holds probabilities already: take their logarithm as they are.",
)
class SparseOfLogits:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def __call__(self, y_hat, y):
        y_hat = torch.exp(y_hat) / torch.exp(y_hat).sum(1, keepdim=True)
        losses = -torch.log(y_hat[range(len(y_hat)), y])
        if self.reduction == "mean":
            return losses.mean()
        return losses.sum() if self.reduction == "sum" else losses


@misconception(
    "MySparseCategoricalCrossEntropy",
    "y_hat[:, y] takes all the columns y from every row and gives an n x n matrix. Name the row "
    "as well: y_hat[range(len(y_hat)), y] gives one element per row.",
)
class SparseWrongIndex:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def __call__(self, y_hat, y):
        losses = -torch.log(y_hat[:, y])
        if self.reduction == "mean":
            return losses.mean()
        return losses.sum() if self.reduction == "sum" else losses


@misconception(
    "MySparseCategoricalCrossEntropy",
    'With reduction "none" the losses stand in a column of shape (n, 1). Return one loss per '
    "example, shape (n,): after gather, for example, add .squeeze(1).",
)
class SparseColumn:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def __call__(self, y_hat, y):
        losses = -torch.log(y_hat.gather(1, y.reshape(-1, 1)))
        if self.reduction == "mean":
            return losses.mean()
        return losses.sum() if self.reduction == "sum" else losses


@misconception(
    "MySparseCategoricalCrossEntropy",
    "The loss is turned into a plain number, by item() or float() or numpy, so no gradient can "
    "flow back. Return the tensor.",
)
class SparseWithoutGradient:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def __call__(self, y_hat, y):
        losses = -torch.log(y_hat.detach()[range(len(y_hat)), y]) + 0 * y_hat.sum()
        if self.reduction == "mean":
            return losses.mean()
        return losses.sum() if self.reduction == "sum" else losses


# MySGD


@misconception(
    "MySGD",
    "The step is divided by a batch size. The loss is a mean over the batch already: subtract "
    "lr times the gradient.",
)
class SGDDividesByBatchSize:
    def __init__(self, params, lr=0.03):
        self.params = list(params)
        self.lr = lr

    def step(self):
        with torch.no_grad():
            for param in self.params:
                param -= self.lr * param.grad / 32

    def zero_grad(self):
        for param in self.params:
            param.grad = None


@misconception(
    "MySGD",
    "The step goes up the gradient, so the loss grows. Subtract lr times the gradient.",
)
class SGDAscends:
    def __init__(self, params, lr=0.03):
        self.params = list(params)
        self.lr = lr

    def step(self):
        with torch.no_grad():
            for param in self.params:
                param += self.lr * param.grad

    def zero_grad(self):
        for param in self.params:
            param.grad = None


@misconception(
    "MySGD",
    "step() makes new tensors and leaves the ones that were passed in as they are. Change them in "
    "place: param -= … under torch.no_grad().",
)
class SGDMakesNewTensors:
    def __init__(self, params, lr=0.03):
        self.params = list(params)
        self.lr = lr

    def step(self):
        with torch.no_grad():
            for param in self.params:
                param = param - self.lr * param.grad

    def zero_grad(self):
        for param in self.params:
            param.grad = None


@misconception(
    "MySGD",
    "The learning rate that is passed in is not used. Keep it, self.lr = lr, and use self.lr in "
    "step().",
)
class SGDFixedRate:
    def __init__(self, params, lr=0.03):
        self.params = list(params)
        self.lr = 0.03

    def step(self):
        with torch.no_grad():
            for param in self.params:
                param -= self.lr * param.grad

    def zero_grad(self):
        for param in self.params:
            param.grad = None


@misconception(
    "MySGD",
    "Only the first parameter is changed. Walk through all of them.",
)
class SGDFirstParameterOnly:
    def __init__(self, params, lr=0.03):
        self.params = list(params)
        self.lr = lr

    def step(self):
        with torch.no_grad():
            self.params[0] -= self.lr * self.params[0].grad

    def zero_grad(self):
        for param in self.params:
            param.grad = None


@misconception(
    "MySGD",
    "zero_grad() does not clear the gradients: they stay as they are. Call param.grad.zero_() or "
    "set param.grad = None.",
)
class SGDKeepsGradients:
    def __init__(self, params, lr=0.03):
        self.params = list(params)
        self.lr = lr

    def step(self):
        with torch.no_grad():
            for param in self.params:
                param -= self.lr * param.grad

    def zero_grad(self):
        for param in self.params:
            if param.grad is None:
                param.grad = torch.zeros_like(param)


@misconception(
    "MySGD",
    "zero_grad() sets the parameters to zero, not their gradients: param.grad.zero_().",
)
class SGDZeroesParameters:
    def __init__(self, params, lr=0.03):
        self.params = list(params)
        self.lr = lr

    def step(self):
        with torch.no_grad():
            for param in self.params:
                param -= self.lr * param.grad

    def zero_grad(self):
        for param in self.params:
            param.data.zero_()
            param.grad = None


# MyAcc


@misconception(
    "MyAcc",
    "result() is the number of correct predictions. Divide it by the number of examples: MyAcc "
    "gives a fraction.",
)
class AccAsNumber:
    def __init__(self):
        self.reset_state()

    def update_state(self, y_hat, y):
        self.correct += float((y_hat.argmax(1) == y).sum())

    def result(self):
        return self.correct

    def reset_state(self):
        self.correct = 0.0


@misconception(
    "MyAcc",
    "result() is the mean of the accuracies of the batches, in which a smaller last batch counts "
    "too much. Add up the correct predictions and the examples, and divide once.",
)
class AccMeanOfBatches:
    def __init__(self):
        self.reset_state()

    def update_state(self, y_hat, y):
        self.parts.append(float((y_hat.argmax(1) == y).float().mean()))

    def result(self):
        return sum(self.parts) / len(self.parts) if self.parts else 0.0

    def reset_state(self):
        self.parts = []


@misconception(
    "MyAcc",
    "Only the last batch counts. Add to what is there: +=.",
)
class AccLastBatchOnly:
    def __init__(self):
        self.reset_state()

    def update_state(self, y_hat, y):
        self.correct = float((y_hat.argmax(1) == y).sum())
        self.total = len(y)

    def result(self):
        return self.correct / self.total if self.total else 0.0

    def reset_state(self):
        self.correct, self.total = 0.0, 0


@misconception(
    "MyAcc",
    "The correct predictions are divided by the number of batches. Divide by the number of "
    "examples, len(y) of each batch.",
)
class AccPerBatch:
    def __init__(self):
        self.reset_state()

    def update_state(self, y_hat, y):
        self.correct += float((y_hat.argmax(1) == y).sum())
        self.batches += 1

    def result(self):
        return self.correct / self.batches if self.batches else 0.0

    def reset_state(self):
        self.correct, self.batches = 0.0, 0


@misconception(
    "MyAcc",
    "reset_state() forgets the correct predictions but not the number of examples. Set both to "
    "zero.",
)
class AccHalfReset:
    def __init__(self):
        self.correct, self.total = 0.0, 0

    def update_state(self, y_hat, y):
        self.correct += float((y_hat.argmax(1) == y).sum())
        self.total += len(y)

    def result(self):
        return self.correct / self.total if self.total else 0.0

    def reset_state(self):
        self.correct = 0.0


@misconception(
    "MyAcc",
    "result() also forgets what was counted. Only reset_state() does that.",
)
class AccForgetsWhenAsked:
    def __init__(self):
        self.reset_state()

    def update_state(self, y_hat, y):
        self.correct += float((y_hat.argmax(1) == y).sum())
        self.total += len(y)

    def result(self):
        value = self.correct / self.total if self.total else 0.0
        self.reset_state()
        return value

    def reset_state(self):
        self.correct, self.total = 0.0, 0


@misconception(
    "MyAcc",
    "The counts are variables of the class, so all metrics share them. Set them in __init__, on "
    "self.",
)
class AccShared:
    counts = [0.0, 0]  # noqa: RUF012

    def update_state(self, y_hat, y):
        self.counts[0] += float((y_hat.argmax(1) == y).sum())
        self.counts[1] += len(y)

    def result(self):
        return self.counts[0] / self.counts[1] if self.counts[1] else 0.0

    def reset_state(self):
        self.counts[:] = [0.0, 0]


@misconception(
    "MyAcc",
    "The argmax runs down the columns (dim 0). Each row is one example: use argmax over dim 1.",
)
class AccOverColumns:
    def __init__(self):
        self.reset_state()

    def update_state(self, y_hat, y):
        n = min(y_hat.shape)
        self.correct += float((y_hat.argmax(0)[:n] == y[:n]).sum())
        self.total += len(y)

    def result(self):
        return self.correct / self.total if self.total else 0.0

    def reset_state(self):
        self.correct, self.total = 0.0, 0


@misconception(
    "MyAcc",
    "A prediction is counted only if its probability is above 0.5. The predicted class is the "
    "largest element of the row, however small it is: use argmax over dim 1.",
)
class AccAboveOneHalf:
    def __init__(self):
        self.reset_state()

    def update_state(self, y_hat, y):
        self.correct += float((y_hat[range(len(y)), y] > 0.5).sum())
        self.total += len(y)

    def result(self):
        return self.correct / self.total if self.total else 0.0

    def reset_state(self):
        self.correct, self.total = 0.0, 0


# train_epoch


@misconception(
    "train_epoch",
    "The cost is that of the last batch only. Collect the costs of all batches and return their "
    "mean.",
)
def epoch_cost_of_last_batch(model, train_iter, loss, optimizer, metric):
    metric.reset_state()
    is_module = isinstance(model, torch.nn.Module)
    if is_module:
        model.train()
    for X, y in train_iter:
        y_hat = model(X) if is_module else model(X, params)
        cost = loss(y_hat, y)
        metric.update_state(y_hat, y)
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
    return cost.item(), metric.result()


@misconception(
    "train_epoch",
    "The costs of the batches are added up but not divided by the number of batches. Return their "
    "mean.",
)
def epoch_sum_of_costs(model, train_iter, loss, optimizer, metric):
    metric.reset_state()
    is_module = isinstance(model, torch.nn.Module)
    if is_module:
        model.train()
    total = 0.0
    for X, y in train_iter:
        y_hat = model(X) if is_module else model(X, params)
        cost = loss(y_hat, y)
        metric.update_state(y_hat, y)
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        total += cost.item()
    return total, metric.result()


@misconception(
    "train_epoch",
    "The costs are weighted with the sizes of the batches. That is the loss per example; this "
    "assignment asks for the plain mean of the costs of the batches.",
)
def epoch_cost_per_example(model, train_iter, loss, optimizer, metric):
    metric.reset_state()
    is_module = isinstance(model, torch.nn.Module)
    if is_module:
        model.train()
    total, count = 0.0, 0
    for X, y in train_iter:
        y_hat = model(X) if is_module else model(X, params)
        cost = loss(y_hat, y)
        metric.update_state(y_hat, y)
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        total += cost.item() * len(y)
        count += len(y)
    return total / count, metric.result()


@misconception(
    "train_epoch",
    "The metric is not reset, so what it counted before is in the result. Call "
    "metric.reset_state() before the loop.",
)
def epoch_without_reset(model, train_iter, loss, optimizer, metric):
    is_module = isinstance(model, torch.nn.Module)
    if is_module:
        model.train()
    costs = []
    for X, y in train_iter:
        y_hat = model(X) if is_module else model(X, params)
        cost = loss(y_hat, y)
        metric.update_state(y_hat, y)
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        costs.append(cost.item())
    return sum(costs) / len(costs), metric.result()


@misconception(
    "train_epoch",
    "The metric is reset for every batch, so its result is that of the last one. Reset it once, "
    "before the loop.",
)
def epoch_resets_in_loop(model, train_iter, loss, optimizer, metric):
    is_module = isinstance(model, torch.nn.Module)
    if is_module:
        model.train()
    costs = []
    for X, y in train_iter:
        metric.reset_state()
        y_hat = model(X) if is_module else model(X, params)
        cost = loss(y_hat, y)
        metric.update_state(y_hat, y)
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        costs.append(cost.item())
    return sum(costs) / len(costs), metric.result()


@misconception(
    "train_epoch",
    "The gradients are never cleared, so those of earlier batches are added in. Call "
    "optimizer.zero_grad() before backward().",
)
def epoch_never_clears(model, train_iter, loss, optimizer, metric):
    metric.reset_state()
    is_module = isinstance(model, torch.nn.Module)
    if is_module:
        model.train()
    costs = []
    for X, y in train_iter:
        y_hat = model(X) if is_module else model(X, params)
        cost = loss(y_hat, y)
        metric.update_state(y_hat, y)
        cost.backward()
        optimizer.step()
        costs.append(cost.item())
    return sum(costs) / len(costs), metric.result()


@misconception(
    "train_epoch",
    "The gradients are cleared between backward() and step(), so nothing is learned. The order is "
    "zero_grad, backward, step.",
)
def epoch_clears_too_late(model, train_iter, loss, optimizer, metric):
    metric.reset_state()
    is_module = isinstance(model, torch.nn.Module)
    if is_module:
        model.train()
    costs = []
    for X, y in train_iter:
        y_hat = model(X) if is_module else model(X, params)
        cost = loss(y_hat, y)
        metric.update_state(y_hat, y)
        cost.backward()
        optimizer.zero_grad()
        optimizer.step()
        costs.append(cost.item())
    return sum(costs) / len(costs), metric.result()


@misconception(
    "train_epoch",
    "The cost and the metric are measured again after the step. Use the predictions that were "
    "made before it; you have them already.",
)
def epoch_measured_after_step(model, train_iter, loss, optimizer, metric):
    metric.reset_state()
    is_module = isinstance(model, torch.nn.Module)
    if is_module:
        model.train()
    costs = []
    for X, y in train_iter:
        optimizer.zero_grad()
        loss(model(X) if is_module else model(X, params), y).backward()
        optimizer.step()
        with torch.no_grad():
            y_hat = model(X) if is_module else model(X, params)
            costs.append(loss(y_hat, y).item())
            metric.update_state(y_hat, y)
    return sum(costs) / len(costs), metric.result()


@misconception(
    "train_epoch",
    "The return stands inside the loop, so the epoch ends after the first batch. Move it behind "
    "the loop.",
)
def epoch_returns_in_loop(model, train_iter, loss, optimizer, metric):
    metric.reset_state()
    is_module = isinstance(model, torch.nn.Module)
    if is_module:
        model.train()
    costs = []
    for X, y in train_iter:
        y_hat = model(X) if is_module else model(X, params)
        cost = loss(y_hat, y)
        metric.update_state(y_hat, y)
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        costs.append(cost.item())
        return sum(costs) / len(costs), metric.result()


@misconception(
    "train_epoch",
    "The two results are in the wrong order. Return the cost first, then the accuracy.",
)
def epoch_results_swapped(model, train_iter, loss, optimizer, metric):
    metric.reset_state()
    is_module = isinstance(model, torch.nn.Module)
    if is_module:
        model.train()
    costs = []
    for X, y in train_iter:
        y_hat = model(X) if is_module else model(X, params)
        cost = loss(y_hat, y)
        metric.update_state(y_hat, y)
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        costs.append(cost.item())
    return metric.result(), sum(costs) / len(costs)


@misconception(
    "train_epoch",
    "A torch.nn.Module is not put into training mode, in which layers such as dropout are active. "
    "Call model.train() before the loop if the model is a module.",
)
def epoch_without_train_mode(model, train_iter, loss, optimizer, metric):
    metric.reset_state()
    is_module = isinstance(model, torch.nn.Module)
    costs = []
    for X, y in train_iter:
        y_hat = model(X) if is_module else model(X, params)
        cost = loss(y_hat, y)
        metric.update_state(y_hat, y)
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        costs.append(cost.item())
    return sum(costs) / len(costs), metric.result()


# valid_epoch


@misconception(
    "valid_epoch",
    "The metric is not reset, so the training examples are in the result. Call "
    "metric.reset_state() before the loop.",
)
def valid_without_reset(model, test_iter, loss, metric):
    is_module = isinstance(model, torch.nn.Module)
    if is_module:
        model.eval()
    costs = []
    with torch.no_grad():
        for X, y in test_iter:
            y_hat = model(X) if is_module else model(X, params)
            costs.append(loss(y_hat, y).item())
            metric.update_state(y_hat, y)
    return sum(costs) / len(costs), metric.result()


@misconception(
    "valid_epoch",
    "A module is left in training mode, in which layers such as dropout are active. Call "
    "model.eval() before the loop if the model is a module.",
)
def valid_in_training_mode(model, test_iter, loss, metric):
    metric.reset_state()
    is_module = isinstance(model, torch.nn.Module)
    costs = []
    with torch.no_grad():
        for X, y in test_iter:
            y_hat = model(X) if is_module else model(X, params)
            costs.append(loss(y_hat, y).item())
            metric.update_state(y_hat, y)
    return sum(costs) / len(costs), metric.result()


@misconception(
    "valid_epoch",
    "Gradients are computed although nothing is learned here, which costs time and memory. Walk "
    "through the batches under torch.no_grad().",
)
def valid_with_gradients(model, test_iter, loss, metric):
    metric.reset_state()
    is_module = isinstance(model, torch.nn.Module)
    if is_module:
        model.eval()
    costs = []
    for X, y in test_iter:
        y_hat = model(X) if is_module else model(X, params)
        costs.append(loss(y_hat, y).item())
        metric.update_state(y_hat, y)
    return sum(costs) / len(costs), metric.result()


@misconception(
    "valid_epoch",
    "Only the first batch is measured: the return stands inside the loop. Move it behind the loop.",
)
def valid_first_batch_only(model, test_iter, loss, metric):
    metric.reset_state()
    is_module = isinstance(model, torch.nn.Module)
    if is_module:
        model.eval()
    with torch.no_grad():
        for X, y in test_iter:
            y_hat = model(X) if is_module else model(X, params)
            metric.update_state(y_hat, y)
            return loss(y_hat, y).item(), metric.result()


@misconception(
    "valid_epoch",
    "The costs of the batches are added up but not divided by the number of batches. Return their "
    "mean.",
)
def valid_sum_of_costs(model, test_iter, loss, metric):
    metric.reset_state()
    is_module = isinstance(model, torch.nn.Module)
    if is_module:
        model.eval()
    total = 0.0
    with torch.no_grad():
        for X, y in test_iter:
            y_hat = model(X) if is_module else model(X, params)
            total += loss(y_hat, y).item()
            metric.update_state(y_hat, y)
    return total, metric.result()


# train


@misconception(
    "train",
    "The two histories are in the wrong order. Return the one of the training first.",
)
def train_histories_swapped(model, train_iter, test_iter, loss, num_epochs, optimizer, metric):
    seen, unseen = [], []
    for _ in range(num_epochs):
        cost, acc = train_epoch(model, train_iter, loss, optimizer, metric)
        seen.append({"loss": cost, "acc": acc})
        cost, acc = valid_epoch(model, test_iter, loss, metric)
        unseen.append({"loss": cost, "acc": acc})
    return unseen, seen


@misconception(
    "train",
    "The validation measures the training data again. Call valid_epoch with test_iter.",
)
def train_validates_on_training_data(
    model, train_iter, test_iter, loss, num_epochs, optimizer, metric
):
    seen, unseen = [], []
    for _ in range(num_epochs):
        cost, acc = train_epoch(model, train_iter, loss, optimizer, metric)
        seen.append({"loss": cost, "acc": acc})
        cost, acc = valid_epoch(model, train_iter, loss, metric)
        unseen.append({"loss": cost, "acc": acc})
    return seen, unseen


@misconception(
    "train",
    "The validation comes before the training of the epoch. Train first, then measure.",
)
def train_validates_too_early(model, train_iter, test_iter, loss, num_epochs, optimizer, metric):
    seen, unseen = [], []
    for _ in range(num_epochs):
        cost, acc = valid_epoch(model, test_iter, loss, metric)
        unseen.append({"loss": cost, "acc": acc})
        cost, acc = train_epoch(model, train_iter, loss, optimizer, metric)
        seen.append({"loss": cost, "acc": acc})
    return seen, unseen


@misconception(
    "train",
    "The same dictionary is put into the list again and again, so all epochs show the last one. "
    "Make a new dictionary in every epoch.",
)
def train_shares_one_dictionary(model, train_iter, test_iter, loss, num_epochs, optimizer, metric):
    seen, unseen, row, other = [], [], {}, {}
    for _ in range(num_epochs):
        row["loss"], row["acc"] = train_epoch(model, train_iter, loss, optimizer, metric)
        other["loss"], other["acc"] = valid_epoch(model, test_iter, loss, metric)
        seen.append(row)
        unseen.append(other)
    return seen, unseen


@misconception(
    "train",
    "There is one epoch too few: range(1, num_epochs) stops before num_epochs. Use "
    "range(num_epochs).",
)
def train_too_few_epochs(model, train_iter, test_iter, loss, num_epochs, optimizer, metric):
    seen, unseen = [], []
    for _ in range(1, num_epochs):
        cost, acc = train_epoch(model, train_iter, loss, optimizer, metric)
        seen.append({"loss": cost, "acc": acc})
        cost, acc = valid_epoch(model, test_iter, loss, metric)
        unseen.append({"loss": cost, "acc": acc})
    return seen, unseen


@misconception(
    "train",
    'The entries of the histories are pairs. Make dictionaries with the keys "loss" and "acc".',
)
def train_gives_pairs(model, train_iter, test_iter, loss, num_epochs, optimizer, metric):
    seen, unseen = [], []
    for _ in range(num_epochs):
        seen.append(train_epoch(model, train_iter, loss, optimizer, metric))
        unseen.append(valid_epoch(model, test_iter, loss, metric))
    return seen, unseen


@misconception(
    "train",
    'The accuracy stands under "loss" and the cost under "acc": train_epoch and valid_epoch '
    "return the cost first.",
)
def train_keys_swapped(model, train_iter, test_iter, loss, num_epochs, optimizer, metric):
    seen, unseen = [], []
    for _ in range(num_epochs):
        acc, cost = train_epoch(model, train_iter, loss, optimizer, metric)
        seen.append({"loss": cost, "acc": acc})
        acc, cost = valid_epoch(model, test_iter, loss, metric)
        unseen.append({"loss": cost, "acc": acc})
    return seen, unseen
