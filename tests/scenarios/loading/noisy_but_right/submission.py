import random
import signal
import sys
import warnings

import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(8)
random.seed(1)
signal.signal(signal.SIGTERM, signal.SIG_IGN)


def softmax(X):
    warnings.warn("careful")
    print("x" * 1_000_000)
    print("y" * 100_000, file=sys.stderr)
    return torch.exp(X) / torch.exp(X).sum(1, keepdim=True)
