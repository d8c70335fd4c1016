"""Known mistakes in classifier_mxnet: wrong versions of single stubs.

Read by grader.course.misconceptions, never run as a file. Each entry is appended to the solution.
"""

from mxnet import gluon, np, npx

from grader.course.misconceptions import also, edit, misconception

# Classifier.loss


@edit(
    "Classifier.loss",
    "The argument averaged is ignored: the result is always the mean. With averaged=False return "
    "one loss per example.",
    ("losses.mean() if averaged else losses", "losses.mean()"),
)
def loss_always_averaged(): ...


@edit(
    "Classifier.loss",
    "The argument averaged is ignored: the result is always one loss per example. With "
    "averaged=True, the default, return their mean.",
    ("losses.mean() if averaged else losses", "losses"),
)
def loss_never_averaged(): ...


@edit(
    "Classifier.loss",
    "averaged is read the wrong way round: averaged=True should give the mean, averaged=False one "
    "loss per example.",
    ("losses.mean() if averaged else losses", "losses if averaged else losses.mean()"),
)
def loss_averaged_reversed(): ...


@edit(
    "Classifier.loss",
    "The losses are added up. Averaged means divided by the number of examples: take the mean.",
    ("losses.mean()", "losses.sum()"),
)
def loss_summed(): ...


@edit(
    "Classifier.loss",
    "Softmax is applied twice: SoftmaxCrossEntropyLoss takes logits and does it itself. Give it "
    "y_hat as it is.",
    ("(y_hat, y)", "(npx.softmax(y_hat), y)"),
)
def loss_of_probabilities(): ...


@edit(
    "Classifier.loss",
    "With from_logits=True MXNet takes what it gets for logarithms of probabilities. Leave the "
    "argument out: y_hat holds scores.",
    ("SoftmaxCrossEntropyLoss()", "SoftmaxCrossEntropyLoss(from_logits=True)"),
)
def loss_from_logits(): ...


@also("loss_from_logits")
def loss_picks_logits(self, y_hat, y, averaged=True):
    losses = -npx.pick(y_hat, y)
    return losses.mean() if averaged else losses


@edit(
    "Classifier.loss",
    "The probabilities run down the columns (axis 0). Each row is one example: use the last axis.",
    ("(y_hat, y)", "(y_hat - np.log(np.exp(y_hat).sum(0)), y)"),
    ("SoftmaxCrossEntropyLoss()", "SoftmaxCrossEntropyLoss(from_logits=True)"),
)
def loss_over_columns(): ...


@edit(
    "Classifier.loss",
    "The loss is cut off from y_hat, so that nothing can learn from it. Leave out detach() and "
    "asnumpy().",
    ("(y_hat, y)", "(y_hat.detach(), y)"),
    ("losses.mean() if", "losses.mean() + 0 * y_hat.sum() if"),
)
def loss_detached(): ...


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
    "The prediction is the class with the smallest score. Take the largest: argmax.",
    ("argmax(axis=1)", "argmin(axis=1)"),
)
def accuracy_of_least_likely(): ...


@misconception(
    "Classifier.accuracy",
    "For scores of shape (n, t, c) argmax(axis=1) searches among the t positions. The classes are "
    "the last dimension: flatten to (n * t, c) first.",
)
def accuracy_without_flattening(self, y_hat, y, averaged=True):
    predictions = y_hat.argmax(axis=1).astype(y.dtype).reshape(-1)
    flat = np.resize(y.reshape(-1), predictions.shape)
    correct = (predictions == flat).astype(np.float32)
    return correct.mean() if averaged else correct


@misconception(
    "Classifier.accuracy",
    "With averaged=False the result keeps the shape (n, t). Return a flat vector, (n * t,).",
)
def accuracy_not_flat(self, y_hat, y, averaged=True):
    correct = (y_hat.argmax(axis=-1).astype(y.dtype) == y).astype(np.float32)
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
    ".astype(np.float32).",
    (".astype(np.float32)", ""),
    ("correct.mean()", "correct.astype(np.float32).mean()"),
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


@edit(
    "Classifier.validation_step",
    'Loss and accuracy are exchanged: "loss" should hold the loss, "acc" the accuracy.',
    ('"loss": self.loss', '"acc": self.loss'),
    ('"acc": self.accuracy', '"loss": self.accuracy'),
)
def step_exchanged(): ...


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
    ("self.loss(y_hat, y)", "gluon.loss.SoftmaxCrossEntropyLoss()(y_hat, y).mean()"),
)
def step_with_ready_made_loss(): ...


@edit(
    "Classifier.validation_step",
    "The accuracy is computed anew. Ask self.accuracy, for a subclass may have its own.",
    ("self.accuracy(y_hat, y)", "(y_hat.argmax(axis=1) == y.astype(np.int64)).mean()"),
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


# Classifier.get_scratch_params


@edit(
    "Classifier.get_scratch_params",
    "The arrays of a Classifier that is an attribute are missing: extend the list by its own "
    "get_scratch_params().",
    ("if isinstance(value, Classifier):\n    params.extend(value.get_scratch_params())", ""),
)
def scratch_without_inner(): ...


@edit(
    "Classifier.get_scratch_params",
    "The list of an inner Classifier is put into the list as one entry. Add its entries: extend "
    "instead of append.",
    ("params.extend(value", "params.append(value"),
)
def scratch_appends_list(): ...


@edit(
    "Classifier.get_scratch_params",
    "The list holds copies, and an optimizer would change those. Put the arrays themselves into "
    "it.",
    ("params.append(value)", "params.append(value.copy())"),
)
def scratch_copies(): ...


@misconception(
    "Classifier.get_scratch_params",
    "Only one level is looked into. A Classifier inside a Classifier may have one as well: ask the "
    "inner one for its get_scratch_params().",
)
def scratch_of_one_level(self):
    params = [value for value in vars(self).values() if isinstance(value, np.ndarray)]
    for inner in vars(self).values():
        if isinstance(inner, Classifier):
            params += [value for value in vars(inner).values() if isinstance(value, np.ndarray)]
    return params


@edit(
    "Classifier.get_scratch_params",
    "The names of the attributes are in the list. It should hold the arrays: getattr(self, name).",
    ("params.append(value)", "params.append(name)"),
)
def scratch_of_names(): ...


@edit(
    "Classifier.get_scratch_params",
    "The function ends at its first array. Return the list after the loop.",
    ("params.append(value)", "return [value]"),
)
def scratch_of_first(): ...


@misconception(
    "Classifier.get_scratch_params",
    "It returns a dictionary of names. Return a list of the arrays.",
)
def scratch_as_dictionary(self):
    return {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)}


# Classifier.parameters


@misconception(
    "Classifier.parameters",
    "An empty ParameterDict is returned for a model from scratch. If collect_params() holds "
    "nothing, return self.get_scratch_params().",
)
def parameters_always_collected(self):
    return self.collect_params()


@misconception(
    "Classifier.parameters",
    "The layers of Gluon are never asked. If self.collect_params() holds any parameters, return "
    "it.",
)
def parameters_always_scratch(self):
    return self.get_scratch_params()


@misconception(
    "Classifier.parameters",
    "self.params holds the parameters of the model itself, without those of its layers. Ask "
    "self.collect_params().",
)
def parameters_of_the_block_alone(self):
    return self.params if len(self.params.keys()) else self.get_scratch_params()


@edit(
    "Classifier.parameters",
    "The condition is the wrong way round: collect_params() is to be returned if it holds any "
    "parameters.",
    ("if len(params.keys())", "if not len(params.keys())"),
)
def parameters_reversed(): ...


@misconception(
    "Classifier.parameters",
    "The arrays of a model with layers are joined to their parameters, in a list. If "
    "collect_params() holds any parameters, return it as it is.",
)
def parameters_joined(self):
    return [*self.collect_params().values(), *self.get_scratch_params()]


# Classifier.configure_optimizers


@edit(
    "Classifier.configure_optimizers",
    "The learning rate is a fixed number. Use self.lr.",
    ("SGD(params, self.lr)", "SGD(params, 0.01)"),
    ('{"learning_rate": self.lr}', '{"learning_rate": 0.01}'),
)
def optimizer_with_fixed_rate(): ...


@also(
    "optimizer_with_fixed_rate",
    ("SGD(params, self.lr)", "SGD(params, 0.1)"),
    ('{"learning_rate": self.lr}', '{"learning_rate": 0.1}'),
)
def optimizer_with_rate_of_a_tenth(): ...


@edit(
    "Classifier.configure_optimizers",
    "The optimizer has a momentum. Plain SGD has none.",
    ('"learning_rate": self.lr', '"learning_rate": self.lr, "momentum": 0.9'),
)
def optimizer_with_momentum(): ...


@edit(
    "Classifier.configure_optimizers",
    'The Trainer gets no learning rate, so it takes its own, 0.01. Give it {"learning_rate": '
    "self.lr}.",
    ('"sgd", {"learning_rate": self.lr}', '"sgd"'),
)
def optimizer_with_default_rate(): ...


@edit(
    "Classifier.configure_optimizers",
    'The optimizer is Adam. This class trains with stochastic gradient descent: "sgd".',
    ('"sgd"', '"adam"'),
)
def optimizer_is_adam(): ...


@misconception(
    "Classifier.configure_optimizers",
    "A Trainer trains parameters of Gluon only. For a list of arrays return SGD(params, self.lr).",
)
def optimizer_always_trainer(self):
    return gluon.Trainer(self.parameters(), "sgd", {"learning_rate": self.lr})


@misconception(
    "Classifier.configure_optimizers",
    "SGD trains a list of arrays only. For a ParameterDict return a gluon.Trainer.",
)
def optimizer_always_from_scratch(self):
    return SGD(self.parameters(), self.lr)


@edit(
    "Classifier.configure_optimizers",
    "Only the arrays of the model itself are trained. Ask self.parameters(), which finds those of "
    "inner models, too.",
    (
        "params = self.parameters()",
        "params = self.parameters()\n"
        "if isinstance(params, list):\n"
        "    params = [value for value in vars(self).values() if isinstance(value, np.ndarray)]",
    ),
)
def optimizer_without_inner(): ...
