"""The names of d2l for what PyTorch calls otherwise, and those that it calls the same."""

import numpy as np
import torch
from torch import Tensor, nn

abs = torch.abs
arange = torch.arange
batch_matmul = torch.bmm
concat = torch.cat
cos = torch.cos
cosh = torch.cosh
exp = torch.exp
eye = torch.eye
linspace = torch.linspace
log = torch.log
matmul = torch.matmul
meshgrid = torch.meshgrid
normal = torch.normal
ones = torch.ones
ones_like = torch.ones_like
rand = torch.rand
randn = torch.randn
sigmoid = torch.sigmoid
sin = torch.sin
sinh = torch.sinh
stack = torch.stack
tanh = torch.tanh
tensor = torch.tensor
zeros = torch.zeros
zeros_like = torch.zeros_like

argmax = Tensor.argmax
astype = Tensor.type
expand_dims = Tensor.unsqueeze
reduce_mean = Tensor.mean
reduce_sum = Tensor.sum
repeat = Tensor.repeat
reshape = Tensor.reshape
size = Tensor.numel
swapaxes = Tensor.swapaxes
to = Tensor.to
transpose = Tensor.t

float32 = torch.float32
float64 = torch.float64
int32 = torch.int32
int64 = torch.int64
nn_Module = nn.Module  # noqa: N816


def numpy(x: Tensor) -> np.ndarray:
    """Return the values of a tensor, without its history, as an array."""
    return x.detach().cpu().numpy()
