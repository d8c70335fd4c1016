"""A correct neighbour that makes a lot of noise: full marks.

vault{ab41c07d5e9246f8b3d2917fe60c8a54}
"""

import os
import random
import signal
import sys
import threading
import time
import warnings

import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(1)
signal.signal(signal.SIGTERM, signal.SIG_IGN)


def secret_sum(x):
    warnings.warn("an honest warning")  # noqa: B028
    print("squares", file=sys.stderr)
    torch.set_num_threads(2)
    return (x * x).sum() + x.sum() / 2


def predict(images, examples, labels):
    for _ in range(50):
        print("epoch" * 200_000)  # 50 MB in all
    random.seed(0)
    means = torch.stack([examples[labels == k].flatten(1).mean(0) for k in range(10)])
    return torch.cdist(images.flatten(1), means).argmin(1)


def echo(x):
    os.chdir("/")
    threading.Thread(target=time.sleep, args=(1,), daemon=True).start()
    return x
