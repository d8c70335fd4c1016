"""Typical wrong versions of single stubs, each with the sentence a student should read.

Read by grader.course.misconceptions.load, never run. An entry is appended to the solution, so the
names of the solution (W, b, params, softmax, MySGD, MyAcc, train_epoch, …) are there.
"""

import torch

from grader.course.misconceptions import also, edit, misconception, patch

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


@also("softmax_of_the_whole_matrix")
def softmax_of_the_whole_shifted_matrix(X):
    X_exp = torch.exp(X - X.max(1, keepdim=True).values)
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


@edit(
    "model",
    "model returns the logits XW + b. Send them through your softmax, so that each row is a "
    "distribution.",
    ("return softmax(logits)", "return logits"),
)
def model_gives_logits(): ...


@edit(
    "model",
    "The bias b is not used. Add it to the product before the softmax: softmax(XW + b).",
    (", W) + b", ", W)"),
)
def model_without_bias(): ...


@edit(
    "model",
    "softmax is applied twice, which makes all probabilities nearly equal. Apply it once, to "
    "the logits.",
    ("return softmax(logits)", "return softmax(softmax(logits))"),
)
def model_softmax_twice(): ...


@edit(
    "model",
    "The parameters are cut off from the gradients by .data or detach(), so they cannot be "
    "learned. Use W and b as they are.",
    ("return softmax(logits)", "return softmax(logits).detach() + 0 * b.sum()"),
    needs=r"detach|\.data|no_grad|item|float|numpy|tolist",
)
def model_detaches(): ...


@also("model_detaches", ("return softmax(logits)", "return softmax(logits).detach()"))
def model_detaches_all(): ...


patch(
    "params_from_unit_normal",
    "params",
    "W is drawn with standard deviation 1. Use 0.01: with large weights the untrained model is "
    "very sure of wrong answers, and training starts with a large loss.",
    "W = torch.normal(0, 1, size=(784, 10), requires_grad=True)\nparams = [W, b]",
)

patch(
    "params_with_variance",
    "params",
    "W is drawn with standard deviation 0.1, as if 0.01 were the variance. In this course "
    "N(0, 0.01) gives the standard deviation: torch.normal(0, 0.01, …).",
    "W = torch.normal(0, 0.1, size=(784, 10), requires_grad=True)\nparams = [W, b]",
)

patch(
    "params_without_gradient",
    "params",
    "W does not require a gradient, so backward() gives it none and it cannot be trained. "
    "Create it with requires_grad=True.",
    "W = torch.normal(0, 0.01, size=(784, 10))\nparams = [W, b]",
)

patch(
    "params_with_bias_one",
    "params",
    "b starts at 1. It should start at zero: torch.zeros(10, requires_grad=True).",
    "b = torch.ones(10, requires_grad=True)\nparams = [W, b]",
)


# MyCategoricalCrossEntropy


@edit(
    "MyCategoricalCrossEntropy",
    "The reduction is ignored: the result is always the mean. Keep it in self.reduction and look "
    "at it in __call__.",
    ('losses.sum() if self.reduction == "sum" else losses', "losses.mean()"),
)
class CategoricalAlwaysMean: ...


@edit(
    "MyCategoricalCrossEntropy",
    "The mean is taken over all n x c elements, so the loss is too small by a factor of c. Sum "
    "over each row first (dim 1), then take the mean of the n losses.",
    (".sum(dim=1)", ""),
    ("else losses", "else losses.sum(dim=1)"),
)
class CategoricalMeanOfElements: ...


@also("CategoricalMeanOfElements", (".sum(dim=1)", ""))
class CategoricalOfElements: ...


@edit(
    "MyCategoricalCrossEntropy",
    "The sum runs down the columns (dim 0), which gives one number per class. Sum over each row, "
    "dim 1: one loss per example.",
    ("sum(dim=1)", "sum(dim=0)"),
)
class CategoricalOverColumns: ...


@edit(
    "MyCategoricalCrossEntropy",
    "The soft label is rounded to its largest class. Use every element of y as a weight: the sum "
    "of y times log y_hat over the row.",
    ("(y * torch.log(y_hat)).sum(dim=1)", "torch.log(y_hat[range(len(y_hat)), y.argmax(1)])"),
)
class CategoricalOfLargestLabel: ...


@edit(
    "MyCategoricalCrossEntropy",
    "The loss applies a softmax of its own to y_hat, as PyTorch's ready-made loss does. y_hat "
    "holds probabilities already: take their logarithm as they are.",
    ("losses =", "y_hat = torch.exp(y_hat) / torch.exp(y_hat).sum(1, keepdim=True)\nlosses ="),
)
class CategoricalOfLogits: ...


@edit(
    "MyCategoricalCrossEntropy",
    "The minus sign is missing. The logarithm of a probability is negative; the loss is minus "
    "that, so that a better prediction has a smaller loss.",
    ("losses = -", "losses = "),
)
class CategoricalWithoutMinus: ...


@edit(
    "MyCategoricalCrossEntropy",
    "This is the logarithm to base 10. The loss uses the natural logarithm, torch.log.",
    ("torch.log", "torch.log10"),
)
class CategoricalLog10: ...


@edit(
    "MyCategoricalCrossEntropy",
    "Prediction and label have changed places: this is the logarithm of the label. The order is "
    "loss(y_hat, y), and the logarithm is that of y_hat.",
    ("self, y_hat, y", "self, y, y_hat"),
)
class CategoricalSwapped: ...


@edit(
    "MyCategoricalCrossEntropy",
    'Without an argument this loss gives the sum. The default is the mean: reduction="mean".',
    ('reduction="mean"', 'reduction="sum"'),
)
class CategoricalDefaultSum: ...


# MySparseCategoricalCrossEntropy


@edit(
    "MySparseCategoricalCrossEntropy",
    "The reduction is ignored: the result is always the mean. Keep it in self.reduction and look "
    "at it in __call__.",
    ('losses.sum() if self.reduction == "sum" else losses', "losses.mean()"),
)
class SparseAlwaysMean: ...


@edit(
    "MySparseCategoricalCrossEntropy",
    'The reductions "mean" and "sum" have changed places.',
    ('if self.reduction == "mean":', 'if self.reduction == "sum":'),
    ('if self.reduction == "sum" else', 'if self.reduction == "mean" else'),
)
class SparseReductionsSwapped: ...


@edit(
    "MySparseCategoricalCrossEntropy",
    "The logarithm is missing: this is minus the probability of the true class. The loss is minus "
    "the natural logarithm of it, -torch.log(…).",
    ("torch.log(y_hat[range(len(y_hat)), y])", "y_hat[range(len(y_hat)), y]"),
)
class SparseWithoutLog: ...


@edit(
    "MySparseCategoricalCrossEntropy",
    "This is the logarithm to base 10. The loss uses the natural logarithm, torch.log.",
    ("torch.log", "torch.log10"),
)
class SparseLog10: ...


@edit(
    "MySparseCategoricalCrossEntropy",
    "The loss applies a softmax of its own to y_hat, as PyTorch's ready-made loss does. y_hat "
    "holds probabilities already: take their logarithm as they are.",
    ("losses =", "y_hat = torch.exp(y_hat) / torch.exp(y_hat).sum(1, keepdim=True)\nlosses ="),
)
class SparseOfLogits: ...


@edit(
    "MySparseCategoricalCrossEntropy",
    "y_hat[:, y] takes all the columns y from every row and gives an n x n matrix. Name the row "
    "as well: y_hat[range(len(y_hat)), y] gives one element per row.",
    ("[range(len(y_hat)), y]", "[:, y]"),
    needs=r"\[:,|index_select",
)
class SparseWrongIndex: ...


@edit(
    "MySparseCategoricalCrossEntropy",
    'With reduction "none" the losses stand in a column of shape (n, 1). Return one loss per '
    "example, shape (n,): after gather, for example, add .squeeze(1).",
    ("[range(len(y_hat)), y]", ".gather(1, y.reshape(-1, 1))"),
)
class SparseColumn: ...


@edit(
    "MySparseCategoricalCrossEntropy",
    "The loss is turned into a plain number, by item() or float() or numpy, so no gradient can "
    "flow back. Return the tensor.",
    ("(y_hat[range(len(y_hat)), y])", "(y_hat.detach()[range(len(y_hat)), y]) + 0 * y_hat.sum()"),
    needs=r"detach|\.data|no_grad|item|float|numpy|tolist",
)
class SparseWithoutGradient: ...


@also(
    "SparseWithoutGradient", ("(y_hat[range(len(y_hat)), y])", "(y_hat.detach()[range(len(y)), y])")
)
class SparseDetached: ...


# MySGD


@edit(
    "MySGD",
    "The step is divided by a batch size. The loss is a mean over the batch already: subtract "
    "lr times the gradient.",
    ("self.lr * param.grad", "self.lr * param.grad / 32"),
)
class SGDDividesByBatchSize: ...


@also("SGDDividesByBatchSize", ("self.lr * param.grad", "self.lr * param.grad / 256"))
class SGDDividesByLargeBatchSize: ...


@edit(
    "MySGD",
    "The step goes up the gradient, so the loss grows. Subtract lr times the gradient.",
    ("param -=", "param +="),
)
class SGDAscends: ...


@edit(
    "MySGD",
    "step() makes new tensors and leaves the ones that were passed in as they are. Change them in "
    "place: param -= … under torch.no_grad().",
    ("param -= self.lr", "param = param - self.lr"),
    lacks=r"-=|\+=|sub_|add_|copy_|\.data = ",
    needs=r" - |sub\(",
)
class SGDMakesNewTensors: ...


@edit(
    "MySGD",
    "The learning rate that is passed in is not used. Keep it, self.lr = lr, and use self.lr in "
    "step().",
    ("self.lr = lr", "self.lr = 0.03"),
)
class SGDFixedRate: ...


@edit(
    "MySGD",
    "Only the first parameter is changed. Walk through all of them.",
    ("self.params:\n    param -=", "self.params[:1]:\n    param -="),
)
class SGDFirstParameterOnly: ...


@edit(
    "MySGD",
    "zero_grad() does not clear the gradients: they stay as they are. Call param.grad.zero_() or "
    "set param.grad = None.",
    ("is not None", "is None"),
    ("param.grad.zero_()", "param.grad = torch.zeros_like(param)"),
)
class SGDKeepsGradients: ...


@edit(
    "MySGD",
    "zero_grad() sets the parameters to zero, not their gradients: param.grad.zero_().",
    ("if param.grad is not None:\n    param.grad.zero_()", "param.data.zero_()\nparam.grad = None"),
)
class SGDZeroesParameters: ...


# MyAcc


@edit(
    "MyAcc",
    "result() is the number of correct predictions. Divide it by the number of examples: MyAcc "
    "gives a fraction.",
    ("self.correct / self.total if self.total else 0.0", "self.correct"),
)
class AccAsNumber: ...


@edit(
    "MyAcc",
    "result() is the mean of the accuracies of the batches, in which a smaller last batch counts "
    "too much. Add up the correct predictions and the examples, and divide once.",
    ("== y).sum()", "== y).float().mean()"),
    ("self.total += len(y)", "self.total += 1"),
)
class AccMeanOfBatches: ...


@edit(
    "MyAcc",
    "Only the last batch counts. Add to what is there: +=.",
    ("self.correct +=", "self.correct ="),
    ("self.total +=", "self.total ="),
)
class AccLastBatchOnly: ...


@edit(
    "MyAcc",
    "The correct predictions are divided by the number of batches. Divide by the number of "
    "examples, len(y) of each batch.",
    ("self.total += len(y)", "self.total += 1"),
)
class AccPerBatch: ...


@edit(
    "MyAcc",
    "reset_state() forgets the correct predictions but not the number of examples. Set both to "
    "zero.",
    ("self.reset_state()", "self.correct, self.total = 0.0, 0"),
    ("self.correct = 0.0\nself.total = 0", "self.correct = 0.0"),
)
class AccHalfReset: ...


@edit(
    "MyAcc",
    "result() also forgets what was counted. Only reset_state() does that.",
    ("return self.correct", "value = self.correct"),
    ("else 0.0", "else 0.0\nself.reset_state()\nreturn value"),
)
class AccForgetsWhenAsked: ...


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


@edit(
    "MyAcc",
    "The argmax runs down the columns (dim 0). Each row is one example: use argmax over dim 1.",
    ("self.correct +=", "n = min(y_hat.shape)\nself.correct +="),
    ("argmax(dim=1) == y", "argmax(dim=0)[:n] == y[:n]"),
)
class AccOverColumns: ...


@edit(
    "MyAcc",
    "A prediction is counted only if its probability is above 0.5. The predicted class is the "
    "largest element of the row, however small it is: use argmax over dim 1.",
    ("y_hat.argmax(dim=1) == y", "y_hat[range(len(y)), y] > 0.5"),
)
class AccAboveOneHalf: ...


# train_epoch


@edit(
    "train_epoch",
    "The cost is that of the last batch only. Collect the costs of all batches and return their "
    "mean.",
    ("sum(costs) / len(costs)", "cost.item()"),
)
def epoch_cost_of_last_batch(): ...


@edit(
    "train_epoch",
    "The costs of the batches are added up but not divided by the number of batches. Return their "
    "mean.",
    ("sum(costs) / len(costs)", "sum(costs)"),
)
def epoch_sum_of_costs(): ...


@edit(
    "train_epoch",
    "The costs are weighted with the sizes of the batches. That is the loss per example; this "
    "assignment asks for the plain mean of the costs of the batches.",
    ("costs = []", "costs, count = [], 0"),
    ("costs.append(cost.item())", "costs.append(cost.item() * len(y))\ncount += len(y)"),
    ("sum(costs) / len(costs)", "sum(costs) / count"),
)
def epoch_cost_per_example(): ...


@edit(
    "train_epoch",
    "The metric is not reset, so what it counted before is in the result. Call "
    "metric.reset_state() before the loop.",
    ("metric.reset_state()", ""),
)
def epoch_without_reset(): ...


@edit(
    "train_epoch",
    "The metric is reset for every batch, so its result is that of the last one. Reset it once, "
    "before the loop.",
    ("metric.reset_state()", ""),
    ("for X, y in train_iter:", "for X, y in train_iter:\n    metric.reset_state()"),
)
def epoch_resets_in_loop(): ...


@edit(
    "train_epoch",
    "The gradients are never cleared, so those of earlier batches are added in. Call "
    "optimizer.zero_grad() before backward().",
    ("optimizer.zero_grad()", ""),
)
def epoch_never_clears(): ...


@edit(
    "train_epoch",
    "The gradients are cleared between backward() and step(), so nothing is learned. The order is "
    "zero_grad, backward, step.",
    ("optimizer.zero_grad()\ncost.backward()", "cost.backward()\noptimizer.zero_grad()"),
    needs=r"(?s)backward\(.*zero_grad\(.*step\(",
)
def epoch_clears_too_late(): ...


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


@edit(
    "train_epoch",
    "The return stands inside the loop, so the epoch ends after the first batch. Move it behind "
    "the loop.",
    ("return sum(costs)", "    return sum(costs)"),
    lacks=r"break|next\(",
)
def epoch_returns_in_loop(): ...


@edit(
    "train_epoch",
    "The two results are in the wrong order. Return the cost first, then the accuracy.",
    ("sum(costs) / len(costs), metric.result()", "metric.result(), sum(costs) / len(costs)"),
)
def epoch_results_swapped(): ...


@edit(
    "train_epoch",
    "A torch.nn.Module is not put into training mode, in which layers such as dropout are active. "
    "Call model.train() before the loop if the model is a module.",
    ("if is_module:\n    model.train()", ""),
)
def epoch_without_train_mode(): ...


# valid_epoch


@edit(
    "valid_epoch",
    "The metric is not reset, so the training examples are in the result. Call "
    "metric.reset_state() before the loop.",
    ("metric.reset_state()", ""),
)
def valid_without_reset(): ...


@edit(
    "valid_epoch",
    "A module is left in training mode, in which layers such as dropout are active. Call "
    "model.eval() before the loop if the model is a module.",
    ("if is_module:\n    model.eval()", ""),
)
def valid_in_training_mode(): ...


@also(
    "valid_in_training_mode",
    ("if is_module:\n    model.eval()", ""),
    ("with torch.no_grad():", "if True:"),
)
def valid_in_training_mode_with_gradients(): ...


@edit(
    "valid_epoch",
    "Gradients are computed although nothing is learned here, which costs time and memory. Walk "
    "through the batches under torch.no_grad().",
    ("with torch.no_grad():", "if True:"),
)
def valid_with_gradients(): ...


@edit(
    "valid_epoch",
    "Only the first batch is measured: the return stands inside the loop. Move it behind the loop.",
    ("return sum(costs)", "        return sum(costs)"),
    lacks=r"break|next\(",
)
def valid_first_batch_only(): ...


@edit(
    "valid_epoch",
    "The costs of the batches are added up but not divided by the number of batches. Return their "
    "mean.",
    ("sum(costs) / len(costs)", "sum(costs)"),
)
def valid_sum_of_costs(): ...


# train


@edit(
    "train",
    "The two histories are in the wrong order. Return the one of the training first.",
    ("return train_history, valid_history", "return valid_history, train_history"),
)
def train_histories_swapped(): ...


@edit(
    "train",
    "The validation measures the training data again. Call valid_epoch with test_iter.",
    ("valid_epoch(model, test_iter", "valid_epoch(model, train_iter"),
)
def train_validates_on_training_data(): ...


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


@edit(
    "train",
    "There is one epoch too few. range(num_epochs) makes num_epochs rounds; range(1, num_epochs) "
    "and range(num_epochs - 1) make one less.",
    ("range(num_epochs)", "range(1, num_epochs)"),
)
def train_too_few_epochs(): ...


@edit(
    "train",
    'The entries of the histories are pairs. Make dictionaries with the keys "loss" and "acc".',
    ('{"loss": train_loss, "acc": train_acc}', "(train_loss, train_acc)"),
    ('{"loss": valid_loss, "acc": valid_acc}', "(valid_loss, valid_acc)"),
)
def train_gives_pairs(): ...


@edit(
    "train",
    'The accuracy stands under "loss" and the cost under "acc": train_epoch and valid_epoch '
    "return the cost first.",
    ("train_loss, train_acc =", "train_acc, train_loss ="),
    ("valid_loss, valid_acc =", "valid_acc, valid_loss ="),
)
def train_keys_swapped(): ...
