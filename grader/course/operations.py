"""The operations that an assignment can forbid: what the from-scratch rule looks for.

A new one is one entry of OPERATIONS; its name is what authors write into `forbidden`. Another
package brings one with an entry point of the group ``grader.operations``, whose name is the
operation's and whose value is a `ReadyMade`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points

from grader.course.plugins import loaded
from grader.errors import UsageError


@dataclass(frozen=True)
class ReadyMade:
    """One operation: its spellings in source, and what is seen of it at run time, as its
    framework tells it: "aten.…" where PyTorch dispatches it as a whole, else the name of its
    function or of its module; of JAX and TensorFlow the name of a function."""

    spellings: tuple[str, ...]
    dispatched: tuple[str, ...] = ()


# What assignment.toml calls them.
OPERATIONS = {
    "softmax": ReadyMade(
        ("softmax", "Softmax", "_softmax"), ("aten._softmax", "aten._safe_softmax", "softmax")
    ),
    "log_softmax": ReadyMade(("log_softmax", "LogSoftmax"), ("aten._log_softmax", "log_softmax")),
    "cross_entropy": ReadyMade(
        (
            *("cross_entropy", "CrossEntropyLoss"),
            *("softmax_cross_entropy_with_logits", "sparse_softmax_cross_entropy_with_logits"),
            *("categorical_crossentropy", "sparse_categorical_crossentropy"),
            *("CategoricalCrossentropy", "SparseCategoricalCrossentropy"),
        ),
        (
            *("aten.cross_entropy_loss", "aten._log_softmax"),
            *("softmax_cross_entropy_with_logits", "sparse_softmax_cross_entropy_with_logits"),
        ),
    ),
    "nll_loss": ReadyMade(
        ("nll_loss", "NLLLoss"), ("aten.nll_loss_forward", "aten.nll_loss2d_forward")
    ),
    "torch.optim": ReadyMade(("optim",), ("torch.optim.optimizer", "torch.optim.sgd")),
    "sigmoid": ReadyMade(
        ("sigmoid", "Sigmoid", "sigmoid_", "expit"), ("aten.sigmoid", "aten.sigmoid_")
    ),
    "entr": ReadyMade(("entr",), ("aten.special_entr",)),
    "kl_div": ReadyMade(("kl_div", "KLDivLoss"), ("kl_div",)),
    "distributions": ReadyMade(
        ("distributions",), ("torch.distributions.distribution", "torch.distributions.kl")
    ),
    "linear": ReadyMade(("linear", "Linear", "LazyLinear"), ("linear",)),
    "mse_loss": ReadyMade(("mse_loss", "MSELoss"), ("aten.mse_loss",)),
    "l1_loss": ReadyMade(("l1_loss", "L1Loss"), ("l1_loss",)),
    "huber_loss": ReadyMade(("huber_loss", "HuberLoss"), ("aten.huber_loss",)),
    "smooth_l1_loss": ReadyMade(("smooth_l1_loss", "SmoothL1Loss"), ("aten.smooth_l1_loss",)),
    "relu": ReadyMade(("relu", "relu_", "ReLU"), ("aten.relu", "aten.relu_")),
    "leaky_relu": ReadyMade(
        ("leaky_relu", "leaky_relu_", "LeakyReLU"), ("aten.leaky_relu", "aten.leaky_relu_")
    ),
    "selu": ReadyMade(("selu", "selu_", "SELU"), ("selu", "selu_")),
    "elu": ReadyMade(("elu", "elu_", "ELU"), ("aten.elu", "aten.elu_")),
    "softplus": ReadyMade(("softplus", "Softplus"), ("aten.softplus",)),
    "convolution": ReadyMade(
        (
            *("conv1d", "conv2d", "conv3d", "conv_general_dilated", "correlate2d", "convolve2d"),
            *(f"{lazy}Conv{n}d" for lazy in ("", "Lazy") for n in (1, 2, 3)),
            *(f"conv_transpose{n}d" for n in (1, 2, 3)),
            *(f"{lazy}ConvTranspose{n}d" for lazy in ("", "Lazy") for n in (1, 2, 3)),
        ),
        ("aten.convolution", "conv_general_dilated", "conv2d"),
    ),
    "pooling": ReadyMade(
        tuple(
            spelling
            for n in (1, 2, 3)
            for spelling in (
                *(f"{kind}_pool{n}d" for kind in ("max", "avg", "adaptive_max", "adaptive_avg")),
                *(f"{kind}Pool{n}d" for kind in ("Max", "Avg", "AdaptiveMax", "AdaptiveAvg")),
                *(f"lp_pool{n}d", f"LPPool{n}d", f"max_pool{n}d_with_indices"),
            )
        ),
        (
            *(f"max_pool{n}d" for n in (1, 2, 3)),
            *(f"aten.max_pool{n}d_with_indices" for n in (2, 3)),
            *(f"aten.avg_pool{n}d" for n in (2, 3)),
            *(f"aten._adaptive_avg_pool{n}d" for n in (2, 3)),
            *(f"aten.adaptive_max_pool{n}d" for n in (2, 3)),
        ),
    ),
}


@cache
def known_operations() -> Mapping[str, ReadyMade]:
    """All operations by their names, those of other packages among them; ours count where both have
    one. Raises UsageError where a package brings something else."""
    others = {}
    for installed in entry_points(group="grader.operations"):
        others[installed.name] = operation = loaded(installed, "operation")
        if not isinstance(operation, ReadyMade):
            raise UsageError(
                f"The operation {installed.name!r} is {operation!r}, not a ReadyMade of "
                "grader.course.operations."
            )
    return others | OPERATIONS
