"""Known mistakes in mlp: wrong versions of single stubs.

Read by grader.misconceptions, never run as a file. Each entry is appended to the solution.
"""

import torch
from torch import nn

from grader.course.misconceptions import misconception

# init_params


@misconception(
    "init_params",
    "The weights have standard deviation 1 (torch.randn). Initialise them in place by "
    "nn.init.kaiming_normal_.",
)
def params_of_unit_normal():
    params = []
    for inputs, outputs in ((784, 200), (200, 200), (200, 10)):
        weight = torch.randn(outputs, inputs, requires_grad=True)
        params += [weight, torch.zeros(outputs, requires_grad=True)]
    return tuple(params)


@misconception(
    "init_params",
    "The weights have standard deviation 0.01. Kaiming draws them with sqrt(2 / inputs): use "
    "nn.init.kaiming_normal_.",
)
def params_of_small_normal():
    params = []
    for inputs, outputs in ((784, 200), (200, 200), (200, 10)):
        weight = torch.empty(outputs, inputs, requires_grad=True)
        nn.init.normal_(weight, std=0.01)
        params += [weight, torch.zeros(outputs, requires_grad=True)]
    return tuple(params)


@misconception(
    "init_params",
    "The weights are drawn from a uniform distribution. Use kaiming_normal_, not kaiming_uniform_.",
)
def params_uniform():
    params = []
    for inputs, outputs in ((784, 200), (200, 200), (200, 10)):
        weight = torch.empty(outputs, inputs, requires_grad=True)
        nn.init.kaiming_uniform_(weight)
        params += [weight, torch.zeros(outputs, requires_grad=True)]
    return tuple(params)


@misconception(
    "init_params",
    "The weights are drawn by Xavier initialisation, which counts inputs and outputs. Use "
    "kaiming_normal_.",
)
def params_xavier():
    params = []
    for inputs, outputs in ((784, 200), (200, 200), (200, 10)):
        weight = torch.empty(outputs, inputs, requires_grad=True)
        nn.init.xavier_normal_(weight)
        params += [weight, torch.zeros(outputs, requires_grad=True)]
    return tuple(params)


@misconception(
    "init_params",
    "The standard deviation follows the outputs of a layer (fan_out). The default of "
    "kaiming_normal_, fan_in, takes the inputs.",
)
def params_by_outputs():
    params = []
    for inputs, outputs in ((784, 200), (200, 200), (200, 10)):
        weight = torch.empty(outputs, inputs, requires_grad=True)
        nn.init.kaiming_normal_(weight, mode="fan_out")
        params += [weight, torch.zeros(outputs, requires_grad=True)]
    return tuple(params)


@misconception(
    "init_params",
    "All weights are zero, so that all hidden units learn the same: nothing. Initialise them "
    "by nn.init.kaiming_normal_.",
)
def params_zero():
    params = []
    for inputs, outputs in ((784, 200), (200, 200), (200, 10)):
        weight = torch.zeros(outputs, inputs, requires_grad=True)
        params += [weight, torch.zeros(outputs, requires_grad=True)]
    return tuple(params)


@misconception(
    "init_params",
    "The weights have the shape (inputs, outputs). forward computes x @ w.t(), so they are "
    "(outputs, inputs).",
)
def params_transposed():
    params = []
    for inputs, outputs in ((784, 200), (200, 200), (200, 10)):
        weight = torch.empty(inputs, outputs, requires_grad=True)
        nn.init.kaiming_normal_(weight)
        params += [weight, torch.zeros(outputs, requires_grad=True)]
    return tuple(params)


@misconception(
    "init_params",
    "The parameters do not require gradients. Create them with requires_grad=True.",
)
def params_without_gradients():
    params = []
    for inputs, outputs in ((784, 200), (200, 200), (200, 10)):
        weight = nn.init.kaiming_normal_(torch.empty(outputs, inputs))
        params += [weight, torch.zeros(outputs)]
    return tuple(params)


@misconception(
    "init_params",
    "The biases do not require gradients. They are learned too: requires_grad=True.",
)
def params_with_fixed_biases():
    params = []
    for inputs, outputs in ((784, 200), (200, 200), (200, 10)):
        weight = torch.empty(outputs, inputs, requires_grad=True)
        nn.init.kaiming_normal_(weight)
        params += [weight, torch.zeros(outputs)]
    return tuple(params)


@misconception(
    "init_params",
    "The biases are not zero. They start at zero.",
)
def params_with_biases_of_one():
    params = []
    for inputs, outputs in ((784, 200), (200, 200), (200, 10)):
        weight = torch.empty(outputs, inputs, requires_grad=True)
        nn.init.kaiming_normal_(weight)
        params += [weight, torch.ones(outputs, requires_grad=True)]
    return tuple(params)


@misconception(
    "init_params",
    "The same random numbers come out of every call. Do not set a seed in the function.",
)
def params_with_a_seed():
    torch.manual_seed(0)
    params = []
    for inputs, outputs in ((784, 200), (200, 200), (200, 10)):
        weight = torch.empty(outputs, inputs, requires_grad=True)
        nn.init.kaiming_normal_(weight)
        params += [weight, torch.zeros(outputs, requires_grad=True)]
    return tuple(params)


@misconception(
    "init_params",
    "First come all weights, then all biases. Return them layer by layer: w1, b1, w2, b2, w3, b3.",
)
def params_in_another_order():
    weights, biases = [], []
    for inputs, outputs in ((784, 200), (200, 200), (200, 10)):
        weights.append(nn.init.kaiming_normal_(torch.empty(outputs, inputs, requires_grad=True)))
        biases.append(torch.zeros(outputs, requires_grad=True))
    return (*weights, *biases)


# forward


@misconception(
    "forward",
    "The ReLU after the last layer is missing. The network of the document has one after "
    "every layer.",
)
def forward_without_last_relu(x):
    x = torch.relu(x @ w1.t() + b1)
    x = torch.relu(x @ w2.t() + b2)
    return x @ w3.t() + b3


@misconception(
    "forward",
    "There is no ReLU at all, so three layers are no more than one. Put one after every layer.",
)
def forward_linear(x):
    x = x @ w1.t() + b1
    x = x @ w2.t() + b2
    return x @ w3.t() + b3


@misconception(
    "forward",
    "The ReLU after the second layer is missing.",
)
def forward_without_second_relu(x):
    x = torch.relu(x @ w1.t() + b1)
    x = x @ w2.t() + b2
    return torch.relu(x @ w3.t() + b3)


@misconception(
    "forward",
    "The ReLU after the first layer is missing.",
)
def forward_without_first_relu(x):
    x = x @ w1.t() + b1
    x = torch.relu(x @ w2.t() + b2)
    return torch.relu(x @ w3.t() + b3)


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


@misconception(
    "forward",
    "The second layer multiplies by w2 instead of w2.t(). A weight has the shape (outputs, "
    "inputs).",
)
def forward_without_transpose(x):
    x = torch.relu(x @ w1.t() + b1)
    x = torch.relu(x @ w2 + b2)
    return torch.relu(x @ w3.t() + b3)


@misconception(
    "forward",
    "The second layer is left out.",
)
def forward_skips_second_layer(x):
    x = torch.relu(x @ w1.t() + b1)
    return torch.relu(x @ w3.t() + b3)


@misconception(
    "forward",
    "A softmax follows the last layer. The loss does that itself; the document has a ReLU there.",
)
def forward_with_softmax(x):
    x = torch.relu(x @ w1.t() + b1)
    x = torch.relu(x @ w2.t() + b2)
    return torch.softmax(x @ w3.t() + b3, dim=1)


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


@misconception(
    "forward",
    "The result is cut off from the parameters, so nothing is learned. Leave out detach(), "
    ".data and no_grad().",
)
def forward_detached(x):
    x = torch.relu(x @ w1.t() + b1)
    x = torch.relu(x @ w2.t() + b2)
    return torch.relu(x @ w3.t() + b3).detach() + 0 * (x.sum() + w3.sum() + b3.sum())


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


@misconception(
    "leaky_relu",
    "The slope is divided by. Multiply the negative elements by it.",
)
def leaky_relu_divides(x, negative_slope=0.01):
    return torch.where(x >= 0, x, x / max(negative_slope, 1e-3))


@misconception(
    "selu",
    "The factor 1.0507 is missing. It multiplies both sides.",
)
def selu_without_scale(x):
    alpha = 1.6732632423543772
    return torch.where(x > 0, x, alpha * (torch.exp(x.clamp(max=0)) - 1))


@misconception(
    "selu",
    "The factor 1.6732 (alpha) is missing on the negative side.",
)
def selu_without_alpha(x):
    scale = 1.0507009873554805
    return scale * torch.where(x > 0, x, torch.exp(x.clamp(max=0)) - 1)


@misconception(
    "selu",
    "The factor 1.0507 is applied to the positive side only. It multiplies both sides.",
)
def selu_scales_positive_only(x):
    scale, alpha = 1.0507009873554805, 1.6732632423543772
    return torch.where(x > 0, scale * x, alpha * (torch.exp(x.clamp(max=0)) - 1))


@misconception(
    "selu",
    "The constants are exchanged: the factor of both sides is 1.0507, alpha is 1.6732.",
)
def selu_exchanged(x):
    scale, alpha = 1.6732632423543772, 1.0507009873554805
    return scale * torch.where(x > 0, x, alpha * (torch.exp(x.clamp(max=0)) - 1))


@misconception(
    "selu",
    "On the negative side the 1 is not subtracted: it is alpha * (exp(x) - 1).",
)
def selu_without_minus_one(x):
    scale, alpha = 1.0507009873554805, 1.6732632423543772
    return scale * torch.where(x > 0, x, alpha * torch.exp(x.clamp(max=0)))


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


@misconception(
    "MLP",
    "The argument activation is ignored: it is always ReLU.",
)
class MLPAlwaysRelu(nn.Module):
    def __init__(self, activation="relu"):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(784, 200),
            nn.ReLU(),
            nn.Linear(200, 200),
            nn.ReLU(),
            nn.Linear(200, 10),
        )

    def forward(self, x):
        return self.model(x)


@misconception(
    "MLP",
    "There is no activation between the layers, so three layers are no more than one.",
)
class MLPLinear(nn.Module):
    def __init__(self, activation="relu"):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(784, 200),
            nn.Linear(200, 200),
            nn.Linear(200, 10),
        )

    def forward(self, x):
        return self.model(x)


@misconception(
    "MLP",
    "The activation after the second layer is missing.",
)
class MLPWithoutSecondActivation(nn.Module):
    def __init__(self, activation="relu"):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(784, 200),
            make_activation(activation),
            nn.Linear(200, 200),
            nn.Linear(200, 10),
        )

    def forward(self, x):
        return self.model(x)


@misconception(
    "MLP",
    "There are two layers instead of three: 784 to 200, 200 to 200, 200 to 10.",
)
class MLPWithTwoLayers(nn.Module):
    def __init__(self, activation="relu"):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(784, 200),
            make_activation(activation),
            nn.Linear(200, 10),
        )

    def forward(self, x):
        return self.model(x)


@misconception(
    "MLP",
    "There are four layers instead of three: 784 to 200, 200 to 200, 200 to 10.",
)
class MLPWithFourLayers(nn.Module):
    def __init__(self, activation="relu"):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(784, 200),
            make_activation(activation),
            nn.Linear(200, 200),
            make_activation(activation),
            nn.Linear(200, 200),
            make_activation(activation),
            nn.Linear(200, 10),
        )

    def forward(self, x):
        return self.model(x)


@misconception(
    "MLP",
    "The hidden layers have 256 units. They have 200.",
)
class MLPWithOtherSizes(nn.Module):
    def __init__(self, activation="relu"):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(784, 256),
            make_activation(activation),
            nn.Linear(256, 256),
            make_activation(activation),
            nn.Linear(256, 10),
        )

    def forward(self, x):
        return self.model(x)


@misconception(
    "MLP",
    "A softmax stands at the end. The loss does that itself.",
)
class MLPWithSoftmax(nn.Module):
    def __init__(self, activation="relu"):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(784, 200),
            make_activation(activation),
            nn.Linear(200, 200),
            make_activation(activation),
            nn.Linear(200, 10),
            nn.Softmax(dim=1),
        )

    def forward(self, x):
        return self.model(x)


@misconception(
    "MLP",
    "The layers have no bias. nn.Linear has one unless bias=False.",
)
class MLPWithoutBias(nn.Module):
    def __init__(self, activation="relu"):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(784, 200, bias=False),
            make_activation(activation),
            nn.Linear(200, 200, bias=False),
            make_activation(activation),
            nn.Linear(200, 10, bias=False),
        )

    def forward(self, x):
        return self.model(x)


@misconception(
    "MLP",
    "Dropout stands between the layers. The network of the document has none.",
)
class MLPWithDropout(nn.Module):
    def __init__(self, activation="relu"):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(784, 200),
            make_activation(activation),
            nn.Dropout(0.5),
            nn.Linear(200, 200),
            make_activation(activation),
            nn.Linear(200, 10),
        )

    def forward(self, x):
        return self.model(x)


@misconception(
    "MLP",
    "The default activation is not ReLU.",
)
class MLPDefaultTanh(nn.Module):
    def __init__(self, activation=nn.Tanh):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(784, 200),
            make_activation(activation),
            nn.Linear(200, 200),
            make_activation(activation),
            nn.Linear(200, 10),
        )

    def forward(self, x):
        return self.model(x)


@misconception(
    "MLP",
    "All networks start with the same weights. Do not set a seed in the class.",
)
class MLPWithSeed(nn.Module):
    def __init__(self, activation="relu"):
        super().__init__()
        torch.manual_seed(0)
        self.model = nn.Sequential(
            nn.Linear(784, 200),
            make_activation(activation),
            nn.Linear(200, 200),
            make_activation(activation),
            nn.Linear(200, 10),
        )

    def forward(self, x):
        return self.model(x)


# train_epoch


@misconception(
    "train_epoch",
    "The sum of the batch means is divided by the number of examples, as the program of the "
    "document does for its test loss. Multiply each mean by the number of examples in its "
    "batch.",
)
def epoch_of_means_by_examples(net, train_loader, criterion, optimizer, device):
    net.train()
    total, examples = 0.0, 0
    for images, target in train_loader:
        images, target = images.to(device), target.to(device)
        loss = criterion(net(images.reshape(len(images), -1)), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
        examples += len(target)
    return total / examples


@misconception(
    "train_epoch",
    "The result is the mean of the batch means. A short last batch counts too much in it: "
    "multiply each mean by the number of examples in its batch, and divide by all examples.",
)
def epoch_of_batch_means(net, train_loader, criterion, optimizer, device):
    net.train()
    total, examples = 0.0, 0
    for images, target in train_loader:
        images, target = images.to(device), target.to(device)
        loss = criterion(net(images.reshape(len(images), -1)), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
        examples += 1
    return total / examples


@misconception(
    "train_epoch",
    "The result is the sum of the losses of all examples. Divide it by their number.",
)
def epoch_not_divided(net, train_loader, criterion, optimizer, device):
    net.train()
    total, examples = 0.0, 0
    for images, target in train_loader:
        images, target = images.to(device), target.to(device)
        loss = criterion(net(images.reshape(len(images), -1)), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(target)
        examples += len(target)
    return total


@misconception(
    "train_epoch",
    "Only the loss of the last batch is returned.",
)
def epoch_of_last_batch(net, train_loader, criterion, optimizer, device):
    net.train()
    for images, target in train_loader:
        images, target = images.to(device), target.to(device)
        loss = criterion(net(images.reshape(len(images), -1)), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


@misconception(
    "train_epoch",
    "The gradients are never cleared, so they add up: call optimizer.zero_grad() in every step.",
)
def epoch_without_zero_grad(net, train_loader, criterion, optimizer, device):
    net.train()
    total, examples = 0.0, 0
    for images, target in train_loader:
        images, target = images.to(device), target.to(device)
        loss = criterion(net(images.reshape(len(images), -1)), target)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(target)
        examples += len(target)
    return total / examples


@misconception(
    "train_epoch",
    "The gradients are cleared between backward() and step(), so nothing is learned. Clear "
    "them before backward().",
)
def epoch_zero_grad_too_late(net, train_loader, criterion, optimizer, device):
    net.train()
    total, examples = 0.0, 0
    for images, target in train_loader:
        images, target = images.to(device), target.to(device)
        loss = criterion(net(images.reshape(len(images), -1)), target)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        total += loss.item() * len(target)
        examples += len(target)
    return total / examples


@misconception(
    "train_epoch",
    "The optimizer never makes a step: call optimizer.step().",
)
def epoch_without_step(net, train_loader, criterion, optimizer, device):
    net.train()
    total, examples = 0.0, 0
    for images, target in train_loader:
        images, target = images.to(device), target.to(device)
        loss = criterion(net(images.reshape(len(images), -1)), target)
        optimizer.zero_grad()
        loss.backward()
        total += loss.item() * len(target)
        examples += len(target)
    return total / examples


@misconception(
    "train_epoch",
    "The network is not put into training mode: call net.train().",
)
def epoch_without_train_mode(net, train_loader, criterion, optimizer, device):
    total, examples = 0.0, 0
    for images, target in train_loader:
        images, target = images.to(device), target.to(device)
        loss = criterion(net(images.reshape(len(images), -1)), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(target)
        examples += len(target)
    return total / examples


@misconception(
    "train_epoch",
    "The network is in evaluation mode. Call net.train().",
)
def epoch_in_eval_mode(net, train_loader, criterion, optimizer, device):
    net.eval()
    total, examples = 0.0, 0
    for images, target in train_loader:
        images, target = images.to(device), target.to(device)
        loss = criterion(net(images.reshape(len(images), -1)), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(target)
        examples += len(target)
    return total / examples


@misconception(
    "train_epoch",
    "The training stops after the first batch: the return stands inside the loop.",
)
def epoch_of_first_batch(net, train_loader, criterion, optimizer, device):
    net.train()
    total, examples = 0.0, 0
    for images, target in train_loader:
        images, target = images.to(device), target.to(device)
        loss = criterion(net(images.reshape(len(images), -1)), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(target)
        examples += len(target)
        return total / examples
    return total / examples


@misconception(
    "train_epoch",
    "The loss is computed again after the step. Take the one from before it.",
)
def epoch_loss_after_step(net, train_loader, criterion, optimizer, device):
    net.train()
    total, examples = 0.0, 0
    for images, target in train_loader:
        images, target = images.to(device), target.to(device)
        loss = criterion(net(images.reshape(len(images), -1)), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += criterion(net(images.reshape(len(images), -1)), target).item() * len(target)
        examples += len(target)
    return total / examples


# evaluate


@misconception(
    "evaluate",
    "The sum of the batch means is divided by the number of examples, as the program of the "
    "document has it: too small by about the batch size. Multiply each mean by the number of "
    "examples in its batch.",
)
def evaluate_means_by_examples(net, test_loader, criterion, device):
    net.eval()
    total, correct, examples = 0.0, 0, 0
    with torch.no_grad():
        for images, target in test_loader:
            images, target = images.to(device), target.to(device)
            outputs = net(images.reshape(len(images), -1))
            total += criterion(outputs, target).item()
            correct += (outputs.argmax(dim=1) == target).sum().item()
            examples += len(target)
    return total / examples, correct / examples


@misconception(
    "evaluate",
    "The loss is the mean of the batch means. A short last batch counts too much in it: "
    "multiply each mean by the number of examples in its batch, and divide by all examples.",
)
def evaluate_batch_means(net, test_loader, criterion, device):
    net.eval()
    total, correct, examples, batches = 0.0, 0, 0, 0
    with torch.no_grad():
        for images, target in test_loader:
            images, target = images.to(device), target.to(device)
            outputs = net(images.reshape(len(images), -1))
            total += criterion(outputs, target).item()
            correct += (outputs.argmax(dim=1) == target).sum().item()
            examples += len(target)
            batches += 1
    return total / batches, correct / examples


@misconception(
    "evaluate",
    "The accuracy is the number of correct predictions. Divide it by the number of examples.",
)
def evaluate_counts(net, test_loader, criterion, device):
    net.eval()
    total, correct, examples = 0.0, 0, 0
    with torch.no_grad():
        for images, target in test_loader:
            images, target = images.to(device), target.to(device)
            outputs = net(images.reshape(len(images), -1))
            total += criterion(outputs, target).item() * len(target)
            correct += (outputs.argmax(dim=1) == target).sum().item()
            examples += len(target)
    return total / examples, correct


@misconception(
    "evaluate",
    "The accuracy is given in percent. Return the fraction, a number from 0 to 1.",
)
def evaluate_in_percent(net, test_loader, criterion, device):
    net.eval()
    total, correct, examples = 0.0, 0, 0
    with torch.no_grad():
        for images, target in test_loader:
            images, target = images.to(device), target.to(device)
            outputs = net(images.reshape(len(images), -1))
            total += criterion(outputs, target).item() * len(target)
            correct += (outputs.argmax(dim=1) == target).sum().item()
            examples += len(target)
    return total / examples, 100 * correct / examples


@misconception(
    "evaluate",
    "Accuracy and loss are exchanged: the loss comes first.",
)
def evaluate_exchanged(net, test_loader, criterion, device):
    net.eval()
    total, correct, examples = 0.0, 0, 0
    with torch.no_grad():
        for images, target in test_loader:
            images, target = images.to(device), target.to(device)
            outputs = net(images.reshape(len(images), -1))
            total += criterion(outputs, target).item() * len(target)
            correct += (outputs.argmax(dim=1) == target).sum().item()
            examples += len(target)
    return correct / examples, total / examples


@misconception(
    "evaluate",
    "The loss is the sum over all examples. Divide it by their number.",
)
def evaluate_loss_not_divided(net, test_loader, criterion, device):
    net.eval()
    total, correct, examples = 0.0, 0, 0
    with torch.no_grad():
        for images, target in test_loader:
            images, target = images.to(device), target.to(device)
            outputs = net(images.reshape(len(images), -1))
            total += criterion(outputs, target).item() * len(target)
            correct += (outputs.argmax(dim=1) == target).sum().item()
            examples += len(target)
    return total, correct / examples


@misconception(
    "evaluate",
    "The accuracy is the mean of the accuracies of the batches. Divide all correct "
    "predictions by all examples.",
)
def evaluate_mean_of_accuracies(net, test_loader, criterion, device):
    net.eval()
    total, correct, examples, batches = 0.0, 0.0, 0, 0
    with torch.no_grad():
        for images, target in test_loader:
            images, target = images.to(device), target.to(device)
            outputs = net(images.reshape(len(images), -1))
            total += criterion(outputs, target).item() * len(target)
            correct += (outputs.argmax(dim=1) == target).float().mean().item()
            examples += len(target)
            batches += 1
    return total / examples, correct / batches


@misconception(
    "evaluate",
    "The prediction is the smallest output. Take the largest: argmax over dim 1.",
)
def evaluate_least_likely(net, test_loader, criterion, device):
    net.eval()
    total, correct, examples = 0.0, 0, 0
    with torch.no_grad():
        for images, target in test_loader:
            images, target = images.to(device), target.to(device)
            outputs = net(images.reshape(len(images), -1))
            total += criterion(outputs, target).item() * len(target)
            correct += (outputs.argmin(dim=1) == target).sum().item()
            examples += len(target)
    return total / examples, correct / examples


@misconception(
    "evaluate",
    "Only the last batch counts. Add up over all batches.",
)
def evaluate_last_batch(net, test_loader, criterion, device):
    net.eval()
    total, correct, examples = 0.0, 0, 0
    with torch.no_grad():
        for images, target in test_loader:
            images, target = images.to(device), target.to(device)
            outputs = net(images.reshape(len(images), -1))
            total = criterion(outputs, target).item() * len(target)
            correct = (outputs.argmax(dim=1) == target).sum().item()
            examples = len(target)
    return total / examples, correct / examples


@misconception(
    "evaluate",
    "The network is not put into evaluation mode: call net.eval().",
)
def evaluate_without_eval_mode(net, test_loader, criterion, device):
    total, correct, examples = 0.0, 0, 0
    with torch.no_grad():
        for images, target in test_loader:
            images, target = images.to(device), target.to(device)
            outputs = net(images.reshape(len(images), -1))
            total += criterion(outputs, target).item() * len(target)
            correct += (outputs.argmax(dim=1) == target).sum().item()
            examples += len(target)
    return total / examples, correct / examples


@misconception(
    "evaluate",
    "Gradients are computed, which costs time and memory. Use torch.no_grad().",
)
def evaluate_with_gradients(net, test_loader, criterion, device):
    net.eval()
    total, correct, examples = 0.0, 0, 0
    for images, target in test_loader:
        images, target = images.to(device), target.to(device)
        outputs = net(images.reshape(len(images), -1))
        total += criterion(outputs, target).item() * len(target)
        correct += (outputs.argmax(dim=1) == target).sum().item()
        examples += len(target)
    return total / examples, correct / examples


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
