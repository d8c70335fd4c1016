"""The part for PyTorch, which course files import by `from d2l import torch as d2l`.

Besides the helpers it has the modules that the real one imports, for files that rely on
`from d2l.torch import *`.
"""

import collections
import importlib
import inspect
import math
import os
import random
import sys
import time
import types
from collections import defaultdict
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812
from torch.utils import data

from d2l.arrays import (
    abs,
    arange,
    argmax,
    astype,
    batch_matmul,
    concat,
    cos,
    cosh,
    exp,
    expand_dims,
    eye,
    float32,
    float64,
    int32,
    int64,
    linspace,
    log,
    matmul,
    meshgrid,
    nn_Module,
    normal,
    numpy,
    ones,
    ones_like,
    rand,
    randn,
    reduce_mean,
    reduce_sum,
    repeat,
    reshape,
    sigmoid,
    sin,
    sinh,
    size,
    stack,
    swapaxes,
    tanh,
    tensor,
    to,
    transpose,
    zeros,
    zeros_like,
)
from d2l.datasets import (
    data_iter,
    get_dataloader_workers,
    get_fashion_mnist_labels,
    load_array,
    load_data_fashion_mnist,
    synthetic_data,
)
from d2l.drawing import (
    Animator,
    ProgressBoard,
    plot,
    set_axes,
    set_figsize,
    show_images,
    use_svg_display,
)
from d2l.modules import (
    SGD,
    Classifier,
    DataModule,
    FashionMNIST,
    HyperParameters,
    LinearRegression,
    LinearRegressionScratch,
    Module,
    SoftmaxRegression,
    SyntheticRegressionData,
    Trainer,
    add_to_class,
)
from d2l.training import (
    Accumulator,
    Timer,
    accuracy,
    cpu,
    evaluate_accuracy,
    evaluate_loss,
    gpu,
    linreg,
    num_gpus,
    predict_ch3,
    sgd,
    squared_loss,
    train_ch3,
    train_epoch_ch3,
    try_all_gpus,
    try_gpu,
)


class _Late(types.ModuleType):
    """A module that is imported when something of it is first asked for: slow, or not there."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


plt = _Late("matplotlib.pyplot")
backend_inline = _Late("matplotlib_inline.backend_inline")
display = _Late("IPython.display")
torchvision = _Late("torchvision")
transforms = _Late("torchvision.transforms")


def __getattr__(name: str) -> Any:
    raise AttributeError(f"the course's d2l here has no `{name}`")
