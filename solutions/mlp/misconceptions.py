"""Known mistakes in mlp: wrong versions of single stubs.

Read by grader.course.misconceptions, never run as a file. Each entry is appended to the solution.
"""

import torch
from torch import nn

from grader.course.misconceptions import also, edit, misconception

# init_params


@edit(
    "init_params",
    "The weights have standard deviation 1 (torch.randn). Initialise them in place by "
    "nn.init.kaiming_normal_.",
    ("torch.empty", "torch.randn"),
    ("nn.init.kaiming_normal_(weight)", ""),
)
def params_of_unit_normal(): ...


@edit(
    "init_params",
    "The weights have standard deviation 0.01. Kaiming draws them with sqrt(2 / inputs): use "
    "nn.init.kaiming_normal_.",
    ("nn.init.kaiming_normal_(weight)", "nn.init.normal_(weight, std=0.01)"),
)
def params_of_small_normal(): ...


@edit(
    "init_params",
    "The weights are drawn from a uniform distribution. Use kaiming_normal_, not kaiming_uniform_.",
    ("kaiming_normal_(weight)", "kaiming_uniform_(weight)"),
)
def params_uniform(): ...


@edit(
    "init_params",
    "The weights are drawn by Xavier initialisation, which counts inputs and outputs. Use "
    "kaiming_normal_.",
    ("kaiming_normal_(weight)", "xavier_normal_(weight)"),
)
def params_xavier(): ...


@edit(
    "init_params",
    "The standard deviation follows the outputs of a layer (fan_out). The default of "
    "kaiming_normal_, fan_in, takes the inputs.",
    ("kaiming_normal_(weight)", 'kaiming_normal_(weight, mode="fan_out")'),
)
def params_by_outputs(): ...


@edit(
    "init_params",
    "All weights are zero, so that all hidden units learn the same: nothing. Initialise them "
    "by nn.init.kaiming_normal_.",
    ("torch.empty", "torch.zeros"),
    ("nn.init.kaiming_normal_(weight)", ""),
)
def params_zero(): ...


@edit(
    "init_params",
    "The weights have the shape (inputs, outputs). forward computes x @ w.t(), so they are "
    "(outputs, inputs).",
    ("outputs, inputs", "inputs, outputs"),
)
def params_transposed(): ...


@also(
    "params_transposed",
    ("outputs, inputs", "inputs, outputs"),
    ("kaiming_normal_(weight)", 'kaiming_normal_(weight, mode="fan_out")'),
)
def params_transposed_by_inputs(): ...


@edit(
    "init_params",
    "The parameters do not require gradients. Create them with requires_grad=True.",
    ("outputs, inputs, requires_grad=True", "outputs, inputs"),
    ("outputs, requires_grad=True", "outputs"),
)
def params_without_gradients(): ...


@edit(
    "init_params",
    "The biases do not require gradients. They are learned too: requires_grad=True.",
    ("outputs, requires_grad=True", "outputs"),
)
def params_with_fixed_biases(): ...


@edit("init_params", "The biases are not zero. They start at zero.", ("torch.zeros", "torch.ones"))
def params_with_biases_of_one(): ...


@edit(
    "init_params",
    "The same random numbers come out of every call. Do not set a seed in the function.",
    ("params = []", "torch.manual_seed(0)\nparams = []"),
    needs="seed",
)
def params_with_a_seed(): ...


@edit(
    "init_params",
    "First come all weights, then all biases. Return them layer by layer: w1, b1, w2, b2, w3, b3.",
    ("tuple(params)", "(*params[::2], *params[1::2])"),
)
def params_in_another_order(): ...


# forward


@edit(
    "forward",
    "The ReLU after the last layer is missing. The network of the document has one after "
    "every layer.",
    ("torch.relu(x @ w3.t() + b3)", "x @ w3.t() + b3"),
)
def forward_without_last_relu(): ...


@misconception(
    "forward",
    "There is no ReLU at all, so three layers are no more than one. Put one after every layer.",
)
def forward_linear(x):
    x = x @ w1.t() + b1
    x = x @ w2.t() + b2
    return x @ w3.t() + b3


@edit(
    "forward",
    "The ReLU after the second layer is missing.",
    ("torch.relu(x @ w2.t() + b2)", "x @ w2.t() + b2"),
)
def forward_without_second_relu(): ...


@edit(
    "forward",
    "The ReLU after the first layer is missing.",
    ("torch.relu(x @ w1.t() + b1)", "x @ w1.t() + b1"),
)
def forward_without_first_relu(): ...


@misconception(
    "forward",
    "The biases are left out: add b1, b2 and b3.",
)
def forward_without_biases(x):
    x = torch.relu(x @ w1.t())
    x = torch.relu(x @ w2.t())
    return torch.relu(x @ w3.t())


@misconception(
    "forward",
    "The bias is added after the ReLU. Add it to the product, inside of relu.",
)
def forward_bias_after_relu(x):
    x = torch.relu(x @ w1.t()) + b1
    x = torch.relu(x @ w2.t()) + b2
    return torch.relu(x @ w3.t()) + b3


@edit(
    "forward",
    "The second layer multiplies by w2 instead of w2.t(). A weight has the shape (outputs, "
    "inputs).",
    ("w2.t()", "w2"),
)
def forward_without_transpose(): ...


@edit("forward", "The second layer is left out.", ("x = torch.relu(x @ w2.t() + b2)", ""))
def forward_skips_second_layer(): ...


@edit(
    "forward",
    "A softmax follows the last layer. The loss does that itself; the document has a ReLU there.",
    ("torch.relu(x @ w3.t() + b3)", "torch.softmax(x @ w3.t() + b3, dim=1)"),
)
def forward_with_softmax(): ...


@misconception(
    "forward",
    "The ReLU is a leaky one. Here it is max(0, x).",
)
def forward_leaky(x):
    leaky = nn.functional.leaky_relu
    x = leaky(x @ w1.t() + b1)
    x = leaky(x @ w2.t() + b2)
    return leaky(x @ w3.t() + b3)


@misconception(
    "forward",
    "A sigmoid stands in the place of the ReLU.",
)
def forward_with_sigmoid(x):
    x = torch.sigmoid(x @ w1.t() + b1)
    x = torch.sigmoid(x @ w2.t() + b2)
    return torch.sigmoid(x @ w3.t() + b3)


@edit(
    "forward",
    "The result is cut off from the parameters, so nothing is learned. Leave out detach(), "
    ".data and no_grad().",
    ("w3.t() + b3)", "w3.t() + b3).detach() + 0 * (x.sum() + w3.sum() + b3.sum())"),
    needs=r"detach|\.data|no_grad|item|float|numpy|tolist",
)
def forward_detached(): ...


@also("forward_detached", ("torch.relu(x @ w3.t() + b3)", "torch.relu(x @ w3.t() + b3).detach()"))
def forward_all_detached(): ...


# activation functions


@misconception(
    "relu",
    "It is the absolute value. Negative elements become 0.",
)
def relu_absolute(x):
    return x.abs()


@misconception(
    "relu",
    "It is min(0, x): the positive elements become 0. Keep these: max(0, x).",
)
def relu_upside_down(x):
    return x.clamp(max=0)


@misconception(
    "relu",
    "The result is 1 where x is positive. Keep the value of x there.",
)
def relu_is_step(x):
    return (x > 0).type(x.dtype) + 0 * x


@misconception(
    "relu",
    "Values above 6 are cut off. relu has no upper end.",
)
def relu_with_upper_end(x):
    return x.clamp(min=0, max=6)


@misconception(
    "relu",
    "A little of the negative side comes through. relu is exactly 0 there.",
)
def relu_leaky(x):
    return torch.where(x > 0, x, 0.01 * x)


@misconception(
    "relu",
    "The argument itself is changed. Return a new tensor.",
)
def relu_in_place(x):
    x.data.clamp_(min=0)
    return x * 1


@also("relu_in_place")
def relu_of_a_leaf_in_place(x):
    return x.clamp_(min=0)


@misconception(
    "leaky_relu",
    "The slope is always 0.01. Use the argument negative_slope.",
)
def leaky_relu_fixed_slope(x, negative_slope=0.01):
    return torch.where(x >= 0, x, 0.01 * x)


@misconception(
    "leaky_relu",
    "Negative elements become 0. Multiply them by negative_slope instead.",
)
def leaky_relu_is_relu(x, negative_slope=0.01):
    return x.clamp(min=0)


@misconception(
    "leaky_relu",
    "The slope is applied to the positive side.",
)
def leaky_relu_exchanged(x, negative_slope=0.01):
    return torch.where(x < 0, x, negative_slope * x)


@misconception(
    "leaky_relu",
    "The negative side goes up: it should be negative_slope * x, which is negative there.",
)
def leaky_relu_goes_up(x, negative_slope=0.01):
    return torch.where(x >= 0, x, -negative_slope * x)


@misconception(
    "leaky_relu",
    "The slope is added. Multiply the negative elements by it.",
)
def leaky_relu_adds_slope(x, negative_slope=0.01):
    return torch.where(x >= 0, x, x + negative_slope)


@also("leaky_relu_adds_slope")
def leaky_relu_adds_slope_at_zero(x, negative_slope=0.01):
    return torch.where(x > 0, x, x + negative_slope)


@misconception(
    "leaky_relu",
    "The slope is divided by. Multiply the negative elements by it.",
)
def leaky_relu_divides(x, negative_slope=0.01):
    return torch.where(x >= 0, x, x / max(negative_slope, 1e-3))


@edit(
    "selu",
    "The factor 1.0507 is missing. It multiplies both sides.",
    ("scale * torch.where", "torch.where"),
)
def selu_without_scale(): ...


@edit(
    "selu",
    "The factor 1.6732 (alpha) is missing on the negative side.",
    ("alpha * (torch.exp", "(torch.exp"),
)
def selu_without_alpha(): ...


@edit(
    "selu",
    "The factor 1.0507 is applied to the positive side only. It multiplies both sides.",
    ("scale * torch.where(x > 0, x", "torch.where(x > 0, scale * x"),
)
def selu_scales_positive_only(): ...


@edit(
    "selu",
    "The constants are exchanged: the factor of both sides is 1.0507, alpha is 1.6732.",
    ("scale, alpha =", "alpha, scale ="),
)
def selu_exchanged(): ...


@edit(
    "selu",
    "On the negative side the 1 is not subtracted: it is alpha * (exp(x) - 1).",
    ("(torch.exp(x.clamp(max=0)) - 1)", "torch.exp(x.clamp(max=0))"),
)
def selu_without_minus_one(): ...


@misconception(
    "softplus",
    "The logarithm is missing: ln(1 + exp(x)).",
)
def softplus_without_log(x):
    return 1 + torch.exp(x)


@misconception(
    "softplus",
    "The logarithm is one of base 2. Use the natural one.",
)
def softplus_base_two(x):
    return torch.log2(1 + torch.exp(x))


@misconception(
    "softplus",
    "The logarithm is one of base 10. Use the natural one.",
)
def softplus_base_ten(x):
    return torch.log10(1 + torch.exp(x))


@misconception(
    "softplus",
    "The 1 is missing: ln(exp(x)) is x itself. It is ln(1 + exp(x)).",
)
def softplus_without_one(x):
    return torch.log(torch.exp(x))


@misconception(
    "softplus",
    "The sign of x is wrong in the exponent: ln(1 + exp(x)).",
)
def softplus_mirrored(x):
    return torch.log(1 + torch.exp(-x))


@misconception(
    "softplus",
    "It is the sigmoid, the derivative of softplus. softplus is ln(1 + exp(x)).",
)
def softplus_is_sigmoid(x):
    return torch.sigmoid(x)


# MLP


@edit(
    "MLP",
    "The argument activation is ignored: it is always ReLU.",
    ("nn.Linear(784, 200),\nmake_activation(activation)", "nn.Linear(784, 200),\nnn.ReLU()"),
    ("make_activation(activation)", "nn.ReLU()"),
)
class MLPAlwaysRelu: ...


@edit(
    "MLP",
    "There is no activation between the layers, so three layers are no more than one.",
    ("nn.Linear(784, 200),\nmake_activation(activation),", "nn.Linear(784, 200),"),
    ("make_activation(activation),", ""),
)
class MLPLinear: ...


@edit(
    "MLP",
    "The activation after the second layer is missing.",
    ("nn.Linear(200, 200),\nmake_activation(activation),", "nn.Linear(200, 200),"),
)
class MLPWithoutSecondActivation: ...


@edit(
    "MLP",
    "There are two layers instead of three: 784 to 200, 200 to 200, 200 to 10.",
    ("nn.Linear(200, 200),\nmake_activation(activation),", ""),
)
class MLPWithTwoLayers: ...


@edit(
    "MLP",
    "There are four layers instead of three: 784 to 200, 200 to 200, 200 to 10.",
    (
        "nn.Linear(200, 200),",
        "nn.Linear(200, 200),\nmake_activation(activation),\nnn.Linear(200, 200),",
    ),
)
class MLPWithFourLayers: ...


@edit(
    "MLP",
    "The hidden layers have 256 units. They have 200.",
    ("nn.Linear(784, 200)", "nn.Linear(784, 256)"),
    ("nn.Linear(200, 200)", "nn.Linear(256, 256)"),
    ("nn.Linear(200, 10)", "nn.Linear(256, 10)"),
    needs="256",
)
class MLPWithOtherSizes: ...


@edit(
    "MLP",
    "A softmax stands at the end. The loss does that itself.",
    ("nn.Linear(200, 10),", "nn.Linear(200, 10),\nnn.Softmax(dim=1),"),
)
class MLPWithSoftmax: ...


@edit(
    "MLP",
    "The layers have no bias. nn.Linear has one unless bias=False.",
    ("nn.Linear(784, 200)", "nn.Linear(784, 200, bias=False)"),
    ("nn.Linear(200, 200)", "nn.Linear(200, 200, bias=False)"),
    ("nn.Linear(200, 10)", "nn.Linear(200, 10, bias=False)"),
)
class MLPWithoutBias: ...


@edit(
    "MLP",
    "Dropout stands between the layers. The network of the document has none.",
    ("nn.Linear(200, 200),", "nn.Dropout(0.5),\nnn.Linear(200, 200),"),
    needs="(?i)dropout",
)
class MLPWithDropout: ...


@edit("MLP", "The default activation is not ReLU.", ('activation="relu"', "activation=nn.Tanh"))
class MLPDefaultTanh: ...


@edit(
    "MLP",
    "All networks start with the same weights. Do not set a seed in the class.",
    ("super().__init__()", "super().__init__()\ntorch.manual_seed(0)"),
    needs="seed",
)
class MLPWithSeed: ...


# train_epoch


@edit(
    "train_epoch",
    "The sum of the batch means is divided by the number of examples, as the program of the "
    "document does for its test loss. Multiply each mean by the number of examples in its "
    "batch.",
    ("loss.item() * len(target)", "loss.item()"),
)
def epoch_of_means_by_examples(): ...


@edit(
    "train_epoch",
    "The result is the mean of the batch means. A short last batch counts too much in it: "
    "multiply each mean by the number of examples in its batch, and divide by all examples.",
    ("loss.item() * len(target)", "loss.item()"),
    ("examples += len(target)", "examples += 1"),
)
def epoch_of_batch_means(): ...


@edit(
    "train_epoch",
    "The result is the sum of the losses of all examples. Divide it by their number.",
    ("return total / examples", "return total"),
)
def epoch_not_divided(): ...


@edit(
    "train_epoch",
    "Only the loss of the last batch is returned.",
    ("return total / examples", "return loss.item()"),
)
def epoch_of_last_batch(): ...


@edit(
    "train_epoch",
    "The gradients are never cleared, so they add up: call optimizer.zero_grad() in every step.",
    ("optimizer.zero_grad()", ""),
)
def epoch_without_zero_grad(): ...


@edit(
    "train_epoch",
    "The gradients are cleared between backward() and step(), so nothing is learned. Clear "
    "them before backward().",
    ("optimizer.zero_grad()\nloss.backward()", "loss.backward()\noptimizer.zero_grad()"),
    needs=r"(?s)backward\(.*zero_grad\(.*step\(",
)
def epoch_zero_grad_too_late(): ...


@edit(
    "train_epoch",
    "The optimizer never makes a step: call optimizer.step().",
    ("optimizer.step()", ""),
)
def epoch_without_step(): ...


@edit(
    "train_epoch",
    "The network is not put into training mode: call net.train().",
    ("net.train()", ""),
)
def epoch_without_train_mode(): ...


@edit(
    "train_epoch",
    "The network is in evaluation mode. Call net.train().",
    ("net.train()", "net.eval()"),
)
def epoch_in_eval_mode(): ...


@edit(
    "train_epoch",
    "The training stops after the first batch: the return stands inside the loop.",
    ("examples += len(target)", "examples += len(target)\nreturn total / examples"),
    lacks=r"break|next\(",
)
def epoch_of_first_batch(): ...


@edit(
    "train_epoch",
    "The loss is computed again after the step. Take the one from before it.",
    ("loss.item()", "criterion(net(images.reshape(len(images), -1)), target).item()"),
)
def epoch_loss_after_step(): ...


# evaluate


@edit(
    "evaluate",
    "The sum of the batch means is divided by the number of examples, as the program of the "
    "document has it: too small by about the batch size. Multiply each mean by the number of "
    "examples in its batch.",
    ("target).item() * len(target)", "target).item()"),
)
def evaluate_means_by_examples(): ...


@edit(
    "evaluate",
    "The loss is the mean of the batch means. A short last batch counts too much in it: "
    "multiply each mean by the number of examples in its batch, and divide by all examples.",
    ("images, target in test_loader", "batches, (images, target) in enumerate(test_loader, 1)"),
    ("target).item() * len(target)", "target).item()"),
    ("total / examples", "total / batches"),
)
def evaluate_batch_means(): ...


@edit(
    "evaluate",
    "The accuracy is the number of correct predictions. Divide it by the number of examples.",
    ("correct / examples", "correct"),
)
def evaluate_counts(): ...


@edit(
    "evaluate",
    "The accuracy is given in percent. Return the fraction, a number from 0 to 1.",
    ("correct / examples", "100 * correct / examples"),
)
def evaluate_in_percent(): ...


@edit(
    "evaluate",
    "Accuracy and loss are exchanged: the loss comes first.",
    ("total / examples, correct / examples", "correct / examples, total / examples"),
)
def evaluate_exchanged(): ...


@edit(
    "evaluate",
    "The loss is the sum over all examples. Divide it by their number.",
    ("total / examples", "total"),
)
def evaluate_loss_not_divided(): ...


@edit(
    "evaluate",
    "The accuracy is the mean of the accuracies of the batches. Divide all correct "
    "predictions by all examples.",
    ("images, target in test_loader", "batches, (images, target) in enumerate(test_loader, 1)"),
    ("target).sum().item()", "target).float().mean().item()"),
    ("correct / examples", "correct / batches"),
)
def evaluate_mean_of_accuracies(): ...


@edit(
    "evaluate",
    "The prediction is the smallest output. Take the largest: argmax over dim 1.",
    ("argmax", "argmin"),
)
def evaluate_least_likely(): ...


@edit(
    "evaluate",
    "Only the last batch counts. Add up over all batches.",
    ("total +=", "total ="),
    ("correct +=", "correct ="),
    ("examples +=", "examples ="),
)
def evaluate_last_batch(): ...


@edit(
    "evaluate",
    "The network is not put into evaluation mode: call net.eval().",
    ("net.eval()", ""),
)
def evaluate_without_eval_mode(): ...


@also(
    "evaluate_without_eval_mode",
    ("net.eval()", ""),
    ("with torch.no_grad():", "if True:"),
)
def evaluate_without_eval_mode_with_gradients(): ...


@edit(
    "evaluate",
    "Gradients are computed, which costs time and memory. Use torch.no_grad().",
    ("with torch.no_grad():", "if True:"),
)
def evaluate_with_gradients(): ...


@misconception(
    "evaluate",
    "The network is trained on the test data. evaluate changes nothing.",
)
def evaluate_that_trains(net, test_loader, criterion, device):
    net.eval()
    total, correct, examples = 0.0, 0, 0
    for images, target in test_loader:
        images, target = images.to(device), target.to(device)
        outputs = net(images.reshape(len(images), -1))
        loss = criterion(outputs, target)
        loss.backward()
        for param in net.parameters():
            param.data -= 0.01 * param.grad
        total += loss.item() * len(target)
        correct += (outputs.argmax(dim=1) == target).sum().item()
        examples += len(target)
    return total / examples, correct / examples
