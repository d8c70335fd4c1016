"""Known mistakes in classifier: wrong versions of single stubs.

Read by grader.course.misconceptions, never run as a file. Each entry is appended to the solution.
"""

import torch
from torch import nn

from grader.course.misconceptions import also, edit, misconception

# Classifier.loss


@misconception(
    "Classifier.loss",
    "The argument averaged is ignored: the result is always the mean. With averaged=False return "
    'one loss per example; F.cross_entropy does that with reduction="none".',
)
def loss_always_averaged(self, y_hat, y, averaged=True):
    return nn.functional.cross_entropy(y_hat, y)


@misconception(
    "Classifier.loss",
    "The argument averaged is ignored: the result is always one loss per example. With "
    "averaged=True, the default, return their mean.",
)
def loss_never_averaged(self, y_hat, y, averaged=True):
    return nn.functional.cross_entropy(y_hat, y, reduction="none")


@misconception(
    "Classifier.loss",
    "averaged is read the wrong way round: averaged=True should give the mean, averaged=False one "
    "loss per example.",
)
def loss_averaged_reversed(self, y_hat, y, averaged=True):
    return nn.functional.cross_entropy(y_hat, y, reduction="none" if averaged else "mean")


@misconception(
    "Classifier.loss",
    "The losses are added up. Averaged means divided by the number of examples: take the mean.",
)
def loss_summed(self, y_hat, y, averaged=True):
    return nn.functional.cross_entropy(y_hat, y, reduction="sum" if averaged else "none")


@edit(
    "Classifier.loss",
    "Softmax is applied twice: F.cross_entropy takes logits and does it itself. Give it y_hat as "
    "it is.",
    ("cross_entropy(y_hat, y", "cross_entropy(torch.softmax(y_hat, dim=1), y"),
)
def loss_of_probabilities(): ...


@misconception(
    "Classifier.loss",
    "nll_loss expects logarithms of probabilities, and it gets logits. Use cross_entropy, or "
    "log_softmax first.",
)
def loss_nll_of_logits(self, y_hat, y, averaged=True):
    return nn.functional.nll_loss(y_hat, y, reduction="mean" if averaged else "none")


@misconception(
    "Classifier.loss",
    "The probabilities run down the columns (dim 0). Each row is one example: use the last "
    "dimension.",
)
def loss_over_columns(self, y_hat, y, averaged=True):
    log_probabilities = torch.log_softmax(y_hat, dim=0)
    reduction = "mean" if averaged else "none"
    return nn.functional.nll_loss(log_probabilities, y, reduction=reduction)


@misconception(
    "Classifier.loss",
    "The loss is cut off from y_hat, so that nothing can learn from it. Leave out detach(), "
    "item() and no_grad().",
    needs=r"detach|\.data|no_grad|item|float|numpy|tolist",
)
def loss_detached(self, y_hat, y, averaged=True):
    losses = nn.functional.cross_entropy(y_hat, y, reduction="mean" if averaged else "none")
    return losses.detach() + 0 * y_hat.sum()


@also("loss_detached", ("cross_entropy(y_hat, y", "cross_entropy(y_hat.detach(), y"))
def loss_of_detached_logits(): ...


# Classifier.accuracy


@edit(
    "Classifier.accuracy",
    "The result is the number of correct predictions. Here the accuracy is the fraction: divide "
    "by the number of predictions, or take the mean.",
    ("correct.mean() if averaged", "correct.sum() if averaged"),
)
def accuracy_counts(): ...


@edit(
    "Classifier.accuracy",
    "The argument averaged is ignored: the result is always the mean. With averaged=False return "
    "1 or 0 for every prediction.",
    ("correct.mean() if averaged else correct", "correct.mean()"),
)
def accuracy_always_averaged(): ...


@edit(
    "Classifier.accuracy",
    "averaged is read the wrong way round: averaged=True should give the fraction, averaged=False "
    "1 or 0 for every prediction.",
    ("correct.mean() if averaged else correct", "correct if averaged else correct.mean()"),
)
def accuracy_averaged_reversed(): ...


@edit(
    "Classifier.accuracy",
    "The largest score of each column is searched (dim 0). Each row is one example: use argmax "
    "over the last dimension.",
    ("argmax(dim=1)", "argmax(dim=0)"),
)
def accuracy_over_columns(): ...


@edit(
    "Classifier.accuracy",
    "The prediction is the class with the smallest score. Take the largest: argmax.",
    ("argmax(dim=1)", "argmin(dim=1)"),
)
def accuracy_of_least_likely(): ...


@misconception(
    "Classifier.accuracy",
    "For scores of shape (n, t, c) argmax(dim=1) searches among the t positions. The classes are "
    "the last dimension: flatten to (n * t, c) first.",
)
def accuracy_without_flattening(self, y_hat, y, averaged=True):
    correct = (y_hat.argmax(dim=1).type(y.dtype) == y).type(torch.float32).reshape(-1)
    return correct.mean() if averaged else correct


@also("accuracy_without_flattening")
def accuracy_nowhere_flat(self, y_hat, y, averaged=True):
    correct = (y_hat.argmax(dim=1).type(y.dtype) == y).type(torch.float32)
    return correct.mean() if averaged else correct


@misconception(
    "Classifier.accuracy",
    "With averaged=False the result keeps the shape (n, t). Return a flat vector, (n * t,).",
)
def accuracy_not_flat(self, y_hat, y, averaged=True):
    correct = (y_hat.argmax(dim=-1).type(y.dtype) == y).type(torch.float32)
    return correct.mean() if averaged else correct


@edit(
    "Classifier.accuracy",
    "For scores of shape (n, t, c) the number of correct predictions is divided by n. There are "
    "n * t predictions.",
    ("correct.mean() if averaged", "correct.sum() / len(y) if averaged"),
)
def accuracy_divided_by_batch(): ...


@edit(
    "Classifier.accuracy",
    "With averaged=False the entries are True and False. Turn them into float32: "
    ".type(torch.float32).",
    (".type(torch.float32)", ""),
    ("correct.mean()", "correct.float().mean()"),
)
def accuracy_of_booleans(): ...


@edit(
    "Classifier.accuracy",
    "The accuracy is given in percent. Return the fraction, a number from 0 to 1.",
    ("correct.mean() if averaged", "100 * correct.mean() if averaged"),
)
def accuracy_in_percent(): ...


# Classifier.validation_step


@misconception(
    "Classifier.validation_step",
    'It returns a pair. Return a dictionary: {"loss": ..., "acc": ...}.',
)
def step_returns_pair(self, batch):
    y_hat = self(*batch[:-1])
    return self.loss(y_hat, batch[-1]), self.accuracy(y_hat, batch[-1])


@misconception(
    "Classifier.validation_step",
    'It returns nothing. Return the dictionary {"loss": ..., "acc": ...}.',
)
def step_returns_nothing(self, batch):
    y_hat = self(*batch[:-1])
    self.loss(y_hat, batch[-1])
    self.accuracy(y_hat, batch[-1])


@misconception(
    "Classifier.validation_step",
    'Loss and accuracy are exchanged: "loss" should hold the loss, "acc" the accuracy.',
)
def step_exchanged(self, batch):
    y_hat = self(*batch[:-1])
    return {"loss": self.accuracy(y_hat, batch[-1]), "acc": self.loss(y_hat, batch[-1])}


@edit(
    "Classifier.validation_step",
    "Only the first input goes into the model. All elements of the batch but the last are inputs: "
    "self(*batch[:-1]).",
    ("self(*inputs)", "self(inputs[0])"),
)
def step_with_first_input(): ...


@also("step_with_first_input", ("*inputs, y = batch", "X, y = batch"), ("self(*inputs)", "self(X)"))
def step_for_pairs_only(): ...


@edit(
    "Classifier.validation_step",
    "A ready-made loss is used. Ask self.loss, for a subclass may have its own.",
    ("self.loss(y_hat, y)", "nn.functional.cross_entropy(y_hat, y)"),
)
def step_with_ready_made_loss(): ...


@edit(
    "Classifier.validation_step",
    "The accuracy is computed anew. Ask self.accuracy, for a subclass may have its own.",
    ("self.accuracy(y_hat, y)", "(y_hat.argmax(dim=1) == y).float().mean()"),
)
def step_with_own_accuracy(): ...


@edit(
    "Classifier.validation_step",
    "The loss is that of single examples. Return the averaged loss and the averaged accuracy of "
    "the batch.",
    ("self.loss(y_hat, y)", "self.loss(y_hat, y, averaged=False)"),
    ("self.accuracy(y_hat, y)", "self.accuracy(y_hat, y, averaged=False)"),
)
def step_not_averaged(): ...


# Classifier.configure_optimizers


@misconception(
    "Classifier.configure_optimizers",
    "The learning rate is a fixed number. Use self.lr.",
    lacks=r"self\.lr",
)
def optimizer_with_fixed_rate(self):
    return torch.optim.SGD(self.parameters(), lr=0.01)


@also("optimizer_with_fixed_rate", ("lr=self.lr", "lr=0.1"))
def optimizer_with_rate_of_a_tenth(): ...


@misconception(
    "Classifier.configure_optimizers",
    "The optimizer has a momentum. Plain SGD has none.",
)
def optimizer_with_momentum(self):
    return torch.optim.SGD(self.parameters(), lr=self.lr, momentum=0.9)


@also("optimizer_with_momentum", ("lr=self.lr", "lr=self.lr, momentum=0.5"))
def optimizer_with_less_momentum(): ...


@misconception(
    "Classifier.configure_optimizers",
    "The optimizer has a weight decay. Plain SGD has none.",
)
def optimizer_with_decay(self):
    return torch.optim.SGD(self.parameters(), lr=self.lr, weight_decay=0.01)


@also("optimizer_with_decay", ("lr=self.lr", "lr=self.lr, weight_decay=1e-3"))
def optimizer_with_less_decay(): ...


@also("optimizer_with_decay", ("lr=self.lr", "lr=self.lr, weight_decay=1e-4"))
def optimizer_with_little_decay(): ...


@misconception(
    "Classifier.configure_optimizers",
    "The optimizer is Adam. This class trains with stochastic gradient descent: torch.optim.SGD.",
)
def optimizer_is_adam(self):
    return torch.optim.Adam(self.parameters(), lr=self.lr)


@misconception(
    "Classifier.configure_optimizers",
    "Only the first parameter of the model is trained. Give the optimizer self.parameters().",
)
def optimizer_of_first_parameter(self):
    return torch.optim.SGD([next(self.parameters())], lr=self.lr)


@misconception(
    "Classifier.configure_optimizers",
    "Biases are left out. Give the optimizer all parameters: self.parameters().",
)
def optimizer_without_biases(self):
    weights = [p for name, p in self.named_parameters() if not name.endswith("bias")]
    return torch.optim.SGD(weights, lr=self.lr)


@also("optimizer_without_biases")
def optimizer_of_matrices(self):
    return torch.optim.SGD([p for p in self.parameters() if p.dim() > 1], lr=self.lr)


# quick_validation_loss


@misconception(
    "quick_validation_loss",
    "The losses are added up. The quick value is their mean.",
)
def quick_loss_summed(batch_losses):
    return sum(batch_losses)


@misconception(
    "quick_validation_loss",
    "Only the last batch counts. Average over all batches.",
)
def quick_loss_of_last_batch(batch_losses):
    return batch_losses[-1]


@misconception(
    "quick_validation_loss",
    "The last batch is left out. Average over all batches.",
)
def quick_loss_without_last_batch(batch_losses):
    return sum(batch_losses[:-1]) / max(len(batch_losses) - 1, 1)


@misconception(
    "quick_validation_loss",
    "The middle of the sorted losses (the median) is taken. The quick value is their mean.",
)
def quick_loss_median(batch_losses):
    return float(torch.tensor(batch_losses).median())


@also("quick_loss_median")
def quick_loss_upper_median(batch_losses):
    return sorted(batch_losses)[len(batch_losses) // 2]


# validation_loss


@misconception(
    "validation_loss",
    "This is the quick value. It counts the examples of a short last batch too much.",
)
def exact_loss_is_quick(quick, last, num_examples, batch_size):
    return quick


@edit(
    "validation_loss",
    "When the batch size divides the number of examples, num_examples % batch_size is 0, but the "
    "last batch is full: then it has batch_size examples.",
    ("num_examples - (batches - 1) * batch_size", "num_examples % batch_size"),
)
def exact_loss_by_remainder(): ...


@edit(
    "validation_loss",
    "The number of batches is rounded down. A short last batch is a batch too: round up.",
    ("-(-num_examples // batch_size)", "max(num_examples // batch_size, 1)"),
)
def exact_loss_rounded_down(): ...


@misconception(
    "validation_loss",
    "The last batch is counted as if it were full. It has the examples that are left only.",
)
def exact_loss_of_full_batches(quick, last, num_examples, batch_size):
    return quick * -(-num_examples // batch_size) * batch_size / num_examples


@misconception(
    "validation_loss",
    "The last batch is counted twice: take it out of the sum of all batches before you add its "
    "examples.",
)
def exact_loss_counts_last_twice(quick, last, num_examples, batch_size):
    batches = -(-num_examples // batch_size)
    rest = num_examples - (batches - 1) * batch_size
    return (batches * quick * batch_size + last * rest) / (batches * batch_size + rest)


@misconception(
    "validation_loss",
    "The mean of the quick value and the last loss is not the loss over all examples. Count the "
    "examples of the full batches and of the last one.",
)
def exact_loss_halfway(quick, last, num_examples, batch_size):
    return (quick + last) / 2


# optimal_decision


@misconception(
    "optimal_decision",
    "The most probable class is chosen, whatever the mistakes cost. Choose the decision with the "
    "smallest expected cost.",
)
def decision_most_probable(p, loss_matrix):
    return int(p.argmax())


@misconception(
    "optimal_decision",
    "Rows and columns are exchanged. Row y of loss_matrix belongs to the true class y: sum over "
    "the rows, weighted by p.",
)
def decision_transposed(p, loss_matrix):
    return int((loss_matrix @ p).argmin())


@misconception(
    "optimal_decision",
    "The decision with the largest expected cost is chosen. Take the smallest: argmin.",
)
def decision_worst(p, loss_matrix):
    return int((p @ loss_matrix).argmax())


@misconception(
    "optimal_decision",
    "The probabilities are not used. Weight every row of loss_matrix by the probability of its "
    "class.",
)
def decision_without_probabilities(p, loss_matrix):
    return int(loss_matrix.sum(dim=0).argmin())


@misconception(
    "optimal_decision",
    "The result is the smallest expected cost itself. Return the number of the class: argmin.",
)
def decision_is_cost(p, loss_matrix):
    return float((p @ loss_matrix).min())
