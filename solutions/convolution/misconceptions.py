"""Typical wrong versions of single stubs, each with the sentence that a student with this mistake
reads. The file is read, never run."""

from torch import nn

from grader.course.misconceptions import also, edit, misconception

# corr2d


@edit(
    "corr2d",
    "You turn the kernel upside down, as mathematics does. Here it lies on X as it stands.",
    ("K[a, b]", "K[kh - 1 - a, kw - 1 - b]"),
)
def corr_flipped(): ...


@edit(
    "corr2d",
    "You exchange rows and columns of the kernel: K[a, b] belongs to the row i + a and the "
    "column j + b.",
    ("kh, kw = K.shape", "K = K.T\nkh, kw = K.shape"),
)
def corr_transposed(): ...


@edit(
    "corr2d",
    "The last row and the last column of the output are missing: h - kh + 1 windows fit, not h "
    "- kh.",
    ("X.shape[0] - kh + 1", "X.shape[0] - kh"),
    ("X.shape[1] - kw + 1", "X.shape[1] - kw"),
)
def corr_one_short(): ...


@edit(
    "corr2d",
    "You take the mean of the products. A window gives their sum.",
    ("return Y", "return Y / (kh * kw)"),
)
def corr_mean(): ...


# Conv2D


@edit(
    "Conv2D",
    "forward forgets the bias: add self.bias to the cross-correlation.",
    ("corr2d(X, self.weight) + self.bias", "corr2d(X, self.weight)"),
)
def layer_without_bias(): ...


@edit(
    "Conv2D",
    "weight is a plain tensor, so no optimizer finds it. Make it an nn.Parameter.",
    ("nn.Parameter(torch.rand(kernel_size))", "torch.rand(kernel_size)"),
)
def layer_plain_weight(): ...


@edit(
    "Conv2D",
    "The bias begins with a random number. It has to begin with 0.",
    ("torch.zeros(1)", "torch.rand(1)"),
)
def layer_random_bias(): ...


@edit(
    "Conv2D",
    "All weights begin with the same number. Draw them at random.",
    ("torch.rand(kernel_size)", "torch.zeros(kernel_size)"),
)
def layer_equal_weights(): ...


@also("layer_equal_weights", ("torch.rand(kernel_size)", "torch.ones(kernel_size)"))
def layer_of_ones(): ...


# output_size


@edit(
    "output_size",
    "You round up. A window that reaches beyond the padded input does not count: round down.",
    ("(size - kernel + 2 * padding) // stride", "-((kernel - size - 2 * padding) // stride)"),
)
def size_rounded_up(): ...


@edit(
    "output_size",
    "Padding lies on both sides: count it twice.",
    ("2 * padding", "padding"),
)
def size_padding_once(): ...


@edit(
    "output_size",
    "You forget the first position of the window: add 1.",
    ("// stride + 1", "// stride"),
)
def size_without_first(): ...


@edit(
    "output_size",
    "The + 1 stands inside the division. Divide by the stride first, then add 1.",
    (
        "(size - kernel + 2 * padding) // stride + 1",
        "(size - kernel + 2 * padding + 1) // stride",
    ),
)
def size_one_inside(): ...


# pad2d


@edit(
    "pad2d",
    "You put zeros on one side only. They belong on all four sides, with X in the middle.",
    (
        "torch.zeros(n, c, h + 2 * padding, w + 2 * padding",
        "torch.zeros(n, c, h + padding, w + padding",
    ),
)
def pad_one_side(): ...


@edit(
    "pad2d",
    "The shape is right, but X has to stand in the middle of the zeros, not in a corner.",
    ("padding : padding + h, padding : padding + w", ":h, :w"),
)
def pad_corner(): ...


@misconception(
    "pad2d",
    "You repeat the border of the image. What is put around it is zeros.",
)
def pad_border(X, padding):
    return nn.functional.pad(X, [padding] * 4, mode="replicate")


@misconception(
    "pad2d",
    "You pad the columns only. Rows of zeros belong above and below the image, too.",
)
def pad_columns(X, padding):
    return nn.functional.pad(X, [padding, padding])


@misconception(
    "pad2d",
    "You also put zeros around channels or images. Only rows and columns are added.",
)
def pad_channels(X, padding):
    return nn.functional.pad(X, [padding] * 6)


# conv2d


@edit(
    "conv2d",
    "The stride is ignored: the window has to move by stride cells each time.",
    ("h = output_size(X", "stride = 1\nh = output_size(X"),
)
def conv_without_stride(): ...


@edit(
    "conv2d",
    "The padding is ignored: pad X before the windows are laid on it.",
    ("h = output_size(X", "padding = 0\nh = output_size(X"),
)
def conv_without_padding(): ...


@edit(
    "conv2d",
    "You turn the kernels upside down. They lie on X as they stand.",
    ("K.flatten(2)", "K.flip(2, 3).flatten(2)"),
)
def conv_flipped(): ...


@edit(
    "conv2d",
    "You take the mean over the input channels. Their results are added.",
    ("return torch.einsum", "return 1 / X.shape[1] * torch.einsum"),
)
def conv_mean_of_channels(): ...


@edit(
    "conv2d",
    "You use the first input channel only. The results of all input channels are added.",
    ("torch.stack(cells), K.flatten(2)", "torch.stack(cells)[:, :, :1], K[:, :1].flatten(2)"),
)
def conv_first_channel(): ...


@edit(
    "conv2d",
    "Every output channel uses the kernel of the first one.",
    ("K.flatten(2)", "K[:1].expand(len(K), -1, -1, -1).flatten(2)"),
)
def conv_first_kernel(): ...


@edit(
    "conv2d",
    "You mix up the two first dimensions of K: it is (output channels, input channels, rows, "
    "columns).",
    ("knchw,ock->nohw", "knchw,cok->nohw"),
)
def conv_dimensions_exchanged(): ...


@edit(
    "conv2d",
    "You move the window by stride rows, but by one column only.",
    (
        "w = output_size(X.shape[3], kw, padding, stride)",
        "w = output_size(X.shape[3], kw, padding, 1)",
    ),
    ("b : b + stride * w : stride", "b : b + w"),
)
def conv_stride_of_rows(): ...


# pool2d


@edit(
    "pool2d",
    'You have exchanged the two modes: "max" is for the largest number, "avg" for the mean.',
    ('mode == "max"', 'mode != "max"'),
)
def pool_modes_exchanged(): ...


@edit(
    "pool2d",
    "You take the largest number whatever the mode is.",
    ("windows.mean(0)", "windows.amax(0)"),
)
def pool_always_max(): ...


@edit(
    "pool2d",
    'With "avg" you return the sum of a window. Divide it by the number of its cells.',
    ("windows.mean(0)", "windows.sum(0)"),
)
def pool_sum(): ...


@edit(
    "pool2d",
    "Without a stride the windows do not overlap: they move by size, not by 1.",
    ("stride = size", "stride = 1"),
)
def pool_default_stride(): ...


@edit(
    "pool2d",
    "You ignore the stride and always move by size.",
    ("if stride is None:\n    stride = size", "stride = size"),
)
def pool_without_stride(): ...


@edit(
    "pool2d",
    "You take the largest number of all channels. Each channel is pooled on its own.",
    ("windows.amax(0)", "windows.amax((0, 2), keepdim=True)[0].expand(-1, X.shape[1], -1, -1)"),
)
def pool_across_channels(): ...


@edit(
    "pool2d",
    "You begin with 0 for the largest number, so negative numbers are lost.",
    ("windows.amax(0)", "windows.amax(0).clamp(min=0)"),
)
def pool_from_zero(): ...


# init_params


@edit(
    "init_params",
    "2 / m is the variance. The standard deviation is its square root.",
    ("(2 / inputs) ** 0.5", "(2 / inputs)"),
)
def init_variance(): ...


@edit(
    "init_params",
    "You set the seed in init_params, so every call gives the same numbers. Leave that to the "
    "caller.",
    ("params = []", "torch.manual_seed(0)\nparams = []"),
)
def init_seeded(): ...


@edit(
    "init_params",
    "The biases are random. They begin with zeros.",
    ("torch.zeros(outputs)", "torch.randn(outputs)"),
)
def init_random_biases(): ...


@edit(
    "init_params",
    "The parameters do not require gradients: call requires_grad_() on each of them.",
    ("[param.requires_grad_() for param in params]", "params"),
)
def init_without_gradients(): ...


@edit(
    "init_params",
    "The standard deviation is always 0.01. Here it depends on the number of inputs: the root "
    "of 2 / m.",
    ("(2 / inputs) ** 0.5", "0.01"),
)
def init_small(): ...


@edit(
    "init_params",
    "The number of inputs of a convolution is c * kh * kw: you forget the cells of the kernel.",
    ("1 * 5 * 5", "1"),
    ("6 * 5 * 5", "6"),
)
def init_channels_only(): ...


@edit(
    "init_params",
    "The numbers come from a uniform distribution, so none is negative. Draw them with "
    "torch.randn.",
    ("torch.randn(shape)", "torch.rand(shape)"),
)
def init_uniform(): ...


# lenet


@edit(
    "lenet",
    "The biases of the convolutions are missing.",
    (" + b1.reshape(-1, 1, 1)", ""),
    (" + b2.reshape(-1, 1, 1)", ""),
)
def lenet_without_biases(): ...


@edit(
    "lenet",
    "There is no ReLU after the last layer: scores may be negative.",
    ("return H @ W4 + b4", "return torch.relu(H @ W4 + b4)"),
)
def lenet_relu_at_the_end(): ...


@edit(
    "lenet",
    "lenet returns scores. The softmax is part of the loss.",
    ("return H @ W4 + b4", "return torch.softmax(H @ W4 + b4, 1)"),
)
def lenet_softmax(): ...


@edit(
    "lenet",
    "The ReLU after the dense layer is missing.",
    ("torch.relu(H.flatten(1) @ W3 + b3)", "H.flatten(1) @ W3 + b3"),
)
def lenet_without_relu(): ...


@edit(
    "lenet",
    "The ReLUs after the convolutions are missing.",
    (
        "torch.relu(conv2d(X, K1, padding=2) + b1.reshape(-1, 1, 1))",
        "conv2d(X, K1, padding=2) + b1.reshape(-1, 1, 1)",
    ),
    ("torch.relu(conv2d(H, K2) + b2.reshape(-1, 1, 1))", "conv2d(H, K2) + b2.reshape(-1, 1, 1)"),
)
def lenet_without_relus_of_convolutions(): ...


@edit(
    "lenet",
    "You take the mean in pooling. The table asks for the largest number.",
    (
        "H = pool2d(H, 2)\nH = torch.relu(conv2d(H, K2)",
        'H = pool2d(H, 2, "avg")\nH = torch.relu(conv2d(H, K2)',
    ),
    (
        "H = pool2d(H, 2)\nH = torch.relu(H.flatten",
        'H = pool2d(H, 2, "avg")\nH = torch.relu(H.flatten',
    ),
)
def lenet_average(): ...


# train


@edit(
    "train",
    "The gradients are never cleared, so each step also takes those of all steps before it.",
    ("param.grad.zero_()", ""),
)
def train_gradients_add_up(): ...


@edit(
    "train",
    "The mean losses of the batches are added and divided by the number of batches. A smaller "
    "last batch "
    "may not weigh as much as the others: weight each mean with the number of its examples.",
    ("loss.item() * len(rows)", "loss.item()"),
    ("total / len(X)", "total / -(-len(X) // batch_size)"),
)
def train_mean_of_means(): ...


@edit(
    "train",
    "You add the mean losses of the batches and divide by the number of examples. Multiply each "
    "mean "
    "by the number of its examples first.",
    ("loss.item() * len(rows)", "loss.item()"),
)
def train_means_by_examples(): ...


@edit(
    "train",
    "The order of the examples is always the same. Draw a new one in each epoch.",
    ("torch.randperm(len(X))", "torch.arange(len(X))"),
)
def train_not_shuffled(): ...


@edit(
    "train",
    "The last, smaller batch is left out.",
    (".split(batch_size):", ".split(batch_size)[: len(X) // batch_size]:"),
)
def train_last_batch_dropped(): ...


@edit(
    "train",
    "You go uphill: subtract lr times the gradient.",
    ("param -= lr", "param += lr"),
)
def train_uphill(): ...


@edit(
    "train",
    "You take the sum of the losses of a batch. Their mean keeps the step independent of the "
    "batch size.",
    (
        "nn.functional.cross_entropy(lenet(X[rows], params), y[rows])",
        'nn.functional.cross_entropy(lenet(X[rows], params), y[rows], reduction="sum")',
    ),
    ("loss.item() * len(rows)", "loss.item()"),
)
def train_sum(): ...


@edit(
    "train",
    "The history has one loss for each batch. Note one for each epoch, after its last batch.",
    ("history.append(total / len(X))", "    history.append(loss.item())"),
)
def train_history_of_batches(): ...


# evaluate


@edit(
    "evaluate",
    "You take the mean of the accuracies of the batches. A smaller last batch may not weigh as "
    "much as the "
    "others: count the right answers, and divide once at the end.",
    (".sum().item()", ".float().mean().item()"),
    ("right / len(X)", "right / -(-len(X) // batch_size)"),
)
def evaluate_mean_of_means(): ...


@edit(
    "evaluate",
    "You return the number of right answers. Divide it by the number of images.",
    ("right / len(X)", "right"),
)
def evaluate_count(): ...


@edit(
    "evaluate",
    "You return the error rate: count the right answers, not the wrong ones.",
    ("argmax(1) == labels", "argmax(1) != labels"),
)
def evaluate_errors(): ...


@edit(
    "evaluate",
    "The last, smaller batch is left out, but its images are counted.",
    (
        "zip(X.split(batch_size), y.split(batch_size))",
        "zip(X.split(batch_size)[: len(X) // batch_size], y.split(batch_size))",
    ),
)
def evaluate_last_batch_dropped(): ...
