"""Typical wrong versions of single stubs, each with the sentence a student should read.

Read by grader.course.misconceptions.load, never run. An entry is appended to the solution, so the
names of the solution (W, b, lr, softmax, accuracy, Accumulator, sgd, train_epoch, …) are there.
"""

import torch

from grader.course.misconceptions import also, edit, misconception, patch

# softmax


@misconception(
    "softmax",
    "The sum runs down the columns (dim 0). Each row is one example: sum over dim 1 with "
    "keepdim=True, so that each row adds up to 1.",
)
def softmax_over_columns(X):
    X_exp = torch.exp(X)
    return X_exp / X_exp.sum(0, keepdim=True)


@misconception(
    "softmax",
    "The result is divided by the sum of the whole matrix. Every row is a distribution of its "
    "own: divide each row by the sum of that row (dim 1, keepdim=True).",
)
def softmax_over_everything(X):
    X_exp = torch.exp(X)
    return X_exp / X_exp.sum()


@also("softmax_over_everything")
def softmax_over_everything_shifted(X):
    X_exp = torch.exp(X - X.max(1, keepdim=True).values)
    return X_exp / X_exp.sum()


@misconception(
    "softmax",
    "The row sums have the shape (n,), so broadcasting divides column j by the sum of row j, or "
    "fails where n and c differ. Keep them as a column of shape (n, 1): sum(1, keepdim=True).",
)
def softmax_without_keepdim(X):
    X_exp = torch.exp(X)
    return X_exp / X_exp.sum(1)


@also("softmax_without_keepdim")
def softmax_shifted_without_keepdim(X):
    X_exp = torch.exp(X - X.max(1, keepdim=True).values)
    return X_exp / X_exp.sum(1)


@also("softmax_without_keepdim")
def softmax_twice_without_keepdim(X):
    X_exp = torch.exp(X - X.max(1).values)
    return X_exp / X_exp.sum(1)


@misconception(
    "softmax",
    "The exponential is missing: the logits themselves are divided by their sum, which can give "
    "negative numbers. Apply torch.exp to every element first.",
)
def softmax_without_exp(X):
    return X / X.sum(1, keepdim=True)


@also("softmax_without_exp")
def softmax_shifted_without_exp(X):
    shifted = X - X.max(1, keepdim=True).values
    return shifted / shifted.sum(1, keepdim=True)


@misconception(
    "softmax",
    "These are the logarithms of the probabilities. Return the probabilities: "
    "exp(X) divided by the row sums of exp(X).",
)
def softmax_returns_logarithms(X):
    return X - torch.log(torch.exp(X).sum(1, keepdim=True))


@misconception(
    "softmax",
    "The maximum is subtracted above the fraction line but not below it. Subtract it once, before "
    "exp, and use the same exponentials in the numerator and in the sum.",
    needs="(?<!soft)max",
)
def softmax_half_shifted(X):
    shifted = torch.exp(X - X.max(1, keepdim=True).values)
    return shifted / torch.exp(X).sum(1, keepdim=True)


@also("softmax_half_shifted")
def softmax_half_shifted_by_one_number(X):
    return torch.exp(X - X.max()) / torch.exp(X).sum(1, keepdim=True)


# net


@misconception(
    "net",
    "net returns the logits XW + b. Send them through your softmax, so that net returns "
    "probabilities and each row sums to 1.",
)
def net_gives_logits(X):
    return torch.matmul(X.reshape((-1, W.shape[0])), W) + b


@misconception(
    "net",
    "The bias b is not used. Add it to the product before the softmax: softmax(XW + b).",
)
def net_without_bias(X):
    return softmax(torch.matmul(X.reshape((-1, W.shape[0])), W))


@misconception(
    "net",
    "The bias is added to the probabilities, after the softmax, so the rows need not sum to 1. "
    "Add b to the logits, inside the softmax.",
)
def net_bias_after_softmax(X):
    return softmax(torch.matmul(X.reshape((-1, W.shape[0])), W)) + b


@misconception(
    "net",
    "softmax is applied twice, which makes all probabilities nearly equal. Apply it once, to "
    "the logits.",
)
def net_softmax_twice(X):
    return softmax(softmax(torch.matmul(X.reshape((-1, W.shape[0])), W) + b))


@misconception(
    "net",
    "* multiplies element by element. The model needs the matrix product of X and W: "
    "torch.matmul(X, W), or X @ W.",
    needs=r"\*|(?<!mat)mul\(|multiply\(",
)
def net_multiplies_elementwise(X):
    return softmax(X.reshape((-1, W.shape[0])) * W + b)


@misconception(
    "net",
    "The reshape mixes the pixels of different examples. Make each example one row: "
    "X.reshape((-1, W.shape[0])).",
)
def net_mixes_examples(X):
    return softmax(torch.matmul(X.reshape((W.shape[0], -1)).T, W) + b)


patch(
    "weights_from_unit_normal",
    "W",
    "W is drawn with standard deviation 1. Use 0.01: with large weights the untrained model is "
    "very sure of wrong answers, and training starts with a large loss.",
    "W = torch.normal(0, 1, size=(784, 10), requires_grad=True)",
)

patch(
    "weights_with_variance",
    "W",
    "W is drawn with standard deviation 0.1, as if 0.01 were the variance. In this course "
    "N(0, 0.01) gives the standard deviation: torch.normal(0, 0.01, …).",
    "W = torch.normal(0, 0.1, size=(784, 10), requires_grad=True)",
)

patch(
    "weights_without_gradient",
    "W",
    "W does not require a gradient, so backward() gives it none and it cannot be trained. "
    "Create it with requires_grad=True.",
    "W = torch.normal(0, 0.01, size=(784, 10))",
)

patch(
    "bias_starts_at_one",
    "b",
    "b starts at 1. It should start at zero: torch.zeros(10, requires_grad=True).",
    "b = torch.ones(10, requires_grad=True)",
)


# cross_entropy


@misconception(
    "cross_entropy",
    "PyTorch's cross entropy expects logits and applies a softmax of its own; y_hat holds "
    "probabilities already. Take -log of the probability of the true class.",
    needs=r"\.cross_entropy\(|CrossEntropyLoss|softmax",
)
def cross_entropy_on_logits(y_hat, y):
    return torch.nn.functional.cross_entropy(y_hat, y, reduction="none")


@misconception(
    "cross_entropy",
    "The logarithm is missing: this is minus the probability of the true class. The loss is minus "
    "the natural logarithm of it, -torch.log(…).",
)
def cross_entropy_without_log(y_hat, y):
    return -y_hat[range(len(y_hat)), y]


@misconception(
    "cross_entropy",
    "This is the logarithm to base 10. The loss uses the natural logarithm, torch.log.",
)
def cross_entropy_log10(y_hat, y):
    return -torch.log10(y_hat[range(len(y_hat)), y])


@misconception(
    "cross_entropy",
    "This is the logarithm to base 2. The loss uses the natural logarithm, torch.log.",
)
def cross_entropy_log2(y_hat, y):
    return -torch.log2(y_hat[range(len(y_hat)), y])


@misconception(
    "cross_entropy",
    "This is the squared difference from the one-hot label. Cross entropy looks only at the true "
    "class: minus the logarithm of its probability.",
)
def cross_entropy_squared_error(y_hat, y):
    one_hot = torch.nn.functional.one_hot(y, y_hat.shape[1])
    return ((y_hat - one_hot) ** 2).sum(1)


@misconception(
    "cross_entropy",
    "This is the binary cross entropy, summed over the classes: it also counts log(1 - p) of the "
    "wrong classes. Use only -log of the probability of the true class.",
)
def cross_entropy_binary(y_hat, y):
    one_hot = torch.nn.functional.one_hot(y, y_hat.shape[1])
    return -(one_hot * torch.log(y_hat) + (1 - one_hot) * torch.log(1 - y_hat)).sum(1)


@misconception(
    "cross_entropy",
    "This adds up -log of all the classes. Only the true class counts: pick y_hat[i, y_i] in each "
    "row before the logarithm.",
)
def cross_entropy_of_all_classes(y_hat, y):
    return -torch.log(y_hat).sum(1)


@misconception(
    "cross_entropy",
    "This is the mean over the batch. Return one loss per example, shape (n,); the training loop "
    "takes the mean or the sum.",
)
def cross_entropy_mean(y_hat, y):
    return -torch.log(y_hat[range(len(y_hat)), y]).mean()


@misconception(
    "cross_entropy",
    "This is the sum over the batch. Return one loss per example, shape (n,); the training loop "
    "takes the mean or the sum.",
)
def cross_entropy_sum(y_hat, y):
    return -torch.log(y_hat[range(len(y_hat)), y]).sum()


@misconception(
    "cross_entropy",
    "The minus sign is missing. The logarithm of a probability is negative; the loss is minus "
    "that, so that a better prediction has a smaller loss.",
)
def cross_entropy_without_minus(y_hat, y):
    return torch.log(y_hat[range(len(y_hat)), y])


@misconception(
    "cross_entropy",
    "The losses stand in a column of shape (n, 1). Return one loss per example, shape (n,): after "
    "gather, for example, add .squeeze(1).",
)
def cross_entropy_column(y_hat, y):
    return -torch.log(y_hat.gather(1, y.reshape(-1, 1)))


@misconception(
    "cross_entropy",
    "y_hat[:, y] takes all the columns y from every row and gives an n x n matrix. Name the row "
    "as well: y_hat[range(len(y_hat)), y] gives one element per row.",
    needs=r"\[:,|index_select",
)
def cross_entropy_wrong_index(y_hat, y):
    return -torch.log(y_hat[:, y])


# accuracy


@misconception(
    "accuracy",
    "This is the fraction of correct predictions. In this assignment accuracy returns their "
    "number: do not divide; that happens once, at the end of the epoch.",
)
def accuracy_as_fraction(y_hat, y):
    return float((y_hat.argmax(1) == y).float().mean())


@misconception(
    "accuracy",
    "The result is the number of examples, whatever was predicted. Compare the predicted classes "
    "with y and count only those that are equal.",
)
def accuracy_counts_everything(y_hat, y):
    return float(len(y))


@misconception(
    "accuracy",
    "The argmax runs down the columns (dim 0). Each row is one example: use argmax over dim 1.",
)
def accuracy_over_columns(y_hat, y):
    return float((y_hat.argmax(0) == y).sum())


@misconception(
    "accuracy",
    "This counts the wrong predictions. Count the positions where prediction and label are "
    "equal (==).",
)
def accuracy_counts_errors(y_hat, y):
    return float((y_hat.argmax(1) != y).sum())


@misconception(
    "accuracy",
    "A prediction is counted only if its probability is above 0.5. The predicted class is the "
    "largest element of the row, however small it is: use argmax over dim 1.",
)
def accuracy_above_one_half(y_hat, y):
    return float((y_hat[range(len(y_hat)), y] > 0.5).sum())


# Accumulator


@edit(
    "Accumulator",
    "add replaces the old sums by the new values. Add each value to the sum that is there.",
    ("a + float(v)", "float(v)"),
)
class AccumulatorOverwrites: ...


@edit(
    "Accumulator",
    "add cuts the values down to whole numbers, so a loss of 0.7 counts as 0. Keep them as floats: "
    "float(v) in place of int(v).",
    ("float(v)", "int(v)"),
)
class AccumulatorTruncates: ...


@misconception(
    "Accumulator",
    "All accumulators share one list, because it belongs to the class. Give each object its own "
    "list in __init__: self.data = [0.0] * n.",
)
class AccumulatorShared(Accumulator):
    data = []  # noqa: RUF012

    def __init__(self, n):
        self.data.extend([0.0] * (n - len(self.data)))

    def add(self, *args):
        for i, v in enumerate(args):
            self.data[i] += float(v)

    def reset(self):
        for i in range(len(self.data)):
            self.data[i] = 0.0


@misconception(
    "Accumulator",
    "reset leaves the sums as they are. Set all of them back to zero: "
    "self.data = [0.0] * len(self.data).",
)
class AccumulatorKeepsOnReset(Accumulator):
    def reset(self):
        data = [0.0] * len(self.data)  # noqa: F841


@misconception(
    "Accumulator",
    "add uses only its first value. Add the first value to the first sum, the second to the "
    "second, and so on.",
)
class AccumulatorAddsFirstOnly(Accumulator):
    def add(self, *args):
        self.data[0] += float(args[0])


@misconception(
    "Accumulator",
    "add appends the values to the list instead of adding them to the sums. Add them one by one, "
    "each to the sum in its own place.",
)
class AccumulatorAppends(Accumulator):
    def add(self, *args):
        self.data += [float(v) for v in args]


# evaluate_accuracy


@edit(
    "evaluate_accuracy",
    "This is the accuracy of the last batch only. Add up the correct predictions and the examples "
    "of all batches, then divide once.",
    ("metric.add(accuracy(net(X), y), y.numel())", "result = accuracy(net(X), y) / y.numel()"),
    ("metric[0] / metric[1]", "result"),
)
def evaluate_last_batch(): ...


@edit(
    "evaluate_accuracy",
    "The return stands inside the loop, so only the first batch counts. Move it behind the loop.",
    ("return metric[0]", "        return metric[0]"),
    lacks=r"break|next\(",
)
def evaluate_first_batch(): ...


@edit(
    "evaluate_accuracy",
    "This is the mean of the accuracies of the batches, in which the examples of a smaller last "
    "batch count too much. Divide all correct predictions by all examples.",
    ("accuracy(net(X), y), y.numel()", "accuracy(net(X), y) / y.numel(), 1"),
)
def evaluate_mean_of_batches(): ...


@edit(
    "evaluate_accuracy",
    "A torch.nn.Module stays in training mode here, so layers such as dropout stay active. Call "
    "net.eval() before the loop if net is a module.",
    ("if isinstance(net, torch.nn.Module):\n    net.eval()", ""),
)
def evaluate_in_training_mode(): ...


@also(
    "evaluate_in_training_mode",
    ("if isinstance(net, torch.nn.Module):\n    net.eval()", ""),
    ("with torch.no_grad():", "if True:"),
)
def evaluate_in_training_mode_with_gradients(): ...


@edit(
    "evaluate_accuracy",
    "The predictions are made with gradients switched on, which costs time and memory. Put the "
    "loop under torch.no_grad().",
    ("with torch.no_grad():", "if True:"),
)
def evaluate_with_gradients(): ...


# sgd


@edit(
    "sgd",
    "The gradient is not divided by the batch size. It comes from the sum of the losses: use "
    "lr * param.grad / batch_size.",
    ("param.grad / batch_size", "param.grad"),
)
def sgd_without_division(): ...


@edit(
    "sgd",
    "The gradient is divided by 256, whatever the batch size is. The last batch can be smaller: "
    "divide by the argument batch_size.",
    ("param.grad / batch_size", "param.grad / 256"),
    needs="256",
)
def sgd_fixed_batch_size(): ...


@edit(
    "sgd",
    "The gradients are not cleared, so the next backward() adds to the old ones. Call "
    "param.grad.zero_() after the update.",
    ("param.grad.zero_()", ""),
)
def sgd_without_zeroing(): ...


@edit(
    "sgd",
    "The step goes up the slope. The gradient points to where the loss grows: subtract it (-=).",
    ("param -=", "param +="),
)
def sgd_adding(): ...


@edit(
    "sgd",
    "param = param - … makes a new tensor and leaves the one that was passed in as it was. "
    "Change it in place: param -= ….",
    ("param -=", "step ="),
    ("param.grad.zero_()", "param.grad.zero_()\nparam = param - step"),
    lacks=r"-=|\+=|sub_|add_|copy_|\.data = ",
    needs=r" - |sub\(",
)
def sgd_rebinding(): ...


@edit(
    "sgd",
    "Only the first parameter is updated, because the return stands inside the loop. Move it "
    "behind the loop or leave it out.",
    ("param.grad.zero_()", "param.grad.zero_()\nreturn"),
    lacks=r"break|next\(|\[0\]|\[:1\]",
)
def sgd_first_parameter_only(): ...


# updater


@misconception(
    "updater",
    "Only W is updated, so the bias stays at zero. Pass both parameters: sgd([W, b], …).",
)
def updater_forgets_bias(batch_size):
    sgd([W], lr, batch_size)


@misconception(
    "updater",
    "The learning rate has a minus sign, so the step goes up the slope. sgd already subtracts: "
    "pass lr as it is.",
    needs="-",
)
def updater_negative_rate(batch_size):
    sgd([W, b], -lr, batch_size)


@misconception(
    "updater",
    "The batch size is ignored, so the steps are far too large. Pass the argument batch_size on to "
    "sgd.",
)
def updater_ignores_batch_size(batch_size):
    sgd([W, b], lr, 1)


@misconception(
    "updater",
    "256 is passed on as the batch size, whatever the argument says. The last batch can be "
    "smaller: pass the argument batch_size on to sgd.",
    needs="256",
)
def updater_fixed_batch_size(batch_size):
    sgd([W, b], lr, 256)


@misconception(
    "updater",
    "The learning rate and the batch size are swapped. The order is sgd(params, lr, batch_size).",
    needs=r"sgd\(",
)
def updater_swaps_arguments(batch_size):
    sgd([W, b], batch_size, lr)


@misconception(
    "updater",
    "The learning rate is written into the function as 0.1. Use the notebook's variable lr, so "
    "that changing it has an effect.",
    needs=r"\.1\b|1 / 10",
)
def updater_fixed_rate(batch_size):
    sgd([W, b], 0.1, batch_size)


# train_epoch


@edit(
    "train_epoch",
    "The loss is that of the last batch only. Add up the losses of all batches and divide by the "
    "number of all examples.",
    ("metric[0] / metric[2]", "float(losses.detach().mean())"),
)
def epoch_loss_of_last_batch(): ...


@edit(
    "train_epoch",
    "The loss is the mean of the means of the batches, in which the examples of a smaller last "
    "batch count too much. Divide the sum of all losses by the number of examples.",
    ("Accumulator(3)", "Accumulator(4)"),
    ("sum(), accuracy(y_hat, y), y.numel()", "mean(), accuracy(y_hat, y), y.numel(), 1"),
    ("metric[0] / metric[2]", "metric[0] / metric[3]"),
)
def epoch_mean_of_batch_means(): ...


@edit(
    "train_epoch",
    "The mean loss of each batch is added up, but the total is divided by the number of examples, "
    "so the loss is far too small. Add up the sums: losses.sum().",
    ("losses.detach().sum()", "losses.detach().mean()"),
)
def epoch_sum_of_batch_means(): ...


@edit(
    "train_epoch",
    "The number of correct predictions is divided by the number of batches. Divide it by the "
    "number of examples.",
    ("Accumulator(3)", "Accumulator(4)"),
    ("y.numel()", "y.numel(), 1"),
    ("metric[1] / metric[2]", "metric[1] / metric[3]"),
)
def epoch_accuracy_per_batch(): ...


@edit(
    "train_epoch",
    "With a torch optimizer the gradients are never cleared, so those of earlier batches are "
    "added in. Call updater.zero_grad() before backward().",
    ("updater.zero_grad()", ""),
)
def epoch_without_zero_grad(): ...


@edit(
    "train_epoch",
    "With a torch optimizer the gradients are cleared between backward() and step(), so nothing "
    "is learned. The order is zero_grad, backward, step.",
    ("updater.zero_grad()", ""),
    ("updater.step()", "updater.zero_grad()\nupdater.step()"),
    needs=r"(?s)backward\(.*zero_grad\(.*step\(",
)
def epoch_zero_grad_before_step(): ...


@edit(
    "train_epoch",
    "With a torch optimizer the sum of the losses is differentiated, so the steps are too large "
    "by a factor of the batch size. Use losses.mean().backward() there.",
    ("losses.mean().backward()", "losses.sum().backward()"),
)
def epoch_sum_with_optimizer(): ...


@edit(
    "train_epoch",
    "With your own updater the mean of the losses is differentiated, and the updater divides by "
    "the batch size once more. Use losses.sum().backward() there.",
    ("losses.sum().backward()", "losses.mean().backward()"),
)
def epoch_divides_twice(): ...


@edit(
    "train_epoch",
    "The updater is always called with 256. Call it with the number of examples of this batch, "
    "X.shape[0]: the last batch can be smaller.",
    ("updater(X.shape[0])", "updater(256)"),
)
def epoch_fixed_batch_size(): ...


@edit(
    "train_epoch",
    "The loss and the accuracy are measured again after the step. Use the predictions that were "
    "made before it; you have them already.",
    ("metric.add(", "with torch.no_grad():\n    y_hat = net(X)\n    metric.add("),
    ("losses.detach().sum()", "loss(y_hat, y).sum()"),
)
def epoch_measures_after_step(): ...


@edit(
    "train_epoch",
    "The return stands inside the loop, so the epoch ends after the first batch. Move it behind "
    "the loop.",
    ("return metric[0]", "    return metric[0]"),
    lacks=r"break|next\(",
)
def epoch_returns_after_first_batch(): ...


@edit(
    "train_epoch",
    "The two results are in the wrong order. Return the loss first, then the accuracy.",
    ("return metric[0] / metric[2], metric[1]", "return metric[1] / metric[2], metric[0]"),
)
def epoch_swaps_results(): ...


@edit(
    "train_epoch",
    "A torch.nn.Module is not put into training mode, in which layers such as dropout are active. "
    "Call net.train() before the loop if net is a module.",
    ("if isinstance(net, torch.nn.Module):\n    net.train()", ""),
)
def epoch_without_training_mode(): ...


# train


@edit(
    "train",
    "train returns nothing. Collect one triple (train loss, train accuracy, test accuracy) per "
    "epoch in a list and return the list.",
    ("return history", ""),
)
def train_returns_nothing(): ...


@edit(
    "train",
    "Only the triple of the last epoch is returned. Return a list with one triple per epoch.",
    ("return history", "return history[-1]"),
)
def train_returns_last_epoch(): ...


@edit(
    "train",
    "The test accuracy is measured on the training data. Call evaluate_accuracy with test_iter.",
    ("evaluate_accuracy(net, test_iter)", "evaluate_accuracy(net, train_iter)"),
)
def train_evaluates_on_training_data(): ...


@edit(
    "train",
    "The model is trained on the test data. Call train_epoch with train_iter, and use test_iter "
    "for evaluate_accuracy only.",
    ("train_epoch(net, train_iter", "train_epoch(net, test_iter"),
)
def train_on_test_data(): ...


@edit(
    "train",
    "There is one epoch too few. range(num_epochs) makes num_epochs rounds; range(1, num_epochs) "
    "and range(num_epochs - 1) make one less.",
    ("range(num_epochs)", "range(1, num_epochs)"),
)
def train_one_epoch_too_few(): ...


@edit(
    "train",
    "The test accuracy is measured before the epoch. Train first, then evaluate.",
    ("test_acc = evaluate_accuracy(net, test_iter)", ""),
    ("range(num_epochs):", "range(num_epochs):\n    test_acc = evaluate_accuracy(net, test_iter)"),
)
def train_evaluates_too_early(): ...


# predict


@misconception(
    "predict",
    "The labels are class numbers. Turn them into words with get_fashion_mnist_labels.",
)
def predict_numbers(net, test_iter, n=6):
    X, y = next(iter(test_iter))
    return y[:n].tolist(), net(X[:n]).argmax(1).tolist()


@misconception(
    "predict",
    "The two lists are in the wrong order. Return the true labels first, then the predicted ones.",
)
def predict_swapped(net, test_iter, n=6):
    X, y = next(iter(test_iter))
    predicted = net(X[:n]).argmax(1)
    return get_fashion_mnist_labels(predicted), get_fashion_mnist_labels(y[:n])


@edit(
    "predict",
    "The predicted class is the one with the smallest score. Take the largest: argmax over dim 1.",
    ("argmax(dim=1)", "argmin(dim=1)"),
)
def predict_least_likely(): ...


@misconception(
    "predict",
    "The first n examples of every batch are returned. Stop after the first batch.",
)
def predict_in_every_batch(net, test_iter, n=6):
    true_labels, predicted_labels = [], []
    for X, y in test_iter:
        true_labels += get_fashion_mnist_labels(y[:n])
        predicted_labels += get_fashion_mnist_labels(net(X[:n]).argmax(1))
    return true_labels, predicted_labels


@misconception(
    "predict",
    "The argument n is ignored and the whole batch is returned. Take the first n examples only.",
)
def predict_whole_batch(net, test_iter, n=6):
    X, y = next(iter(test_iter))
    return get_fashion_mnist_labels(y), get_fashion_mnist_labels(net(X).argmax(1))
