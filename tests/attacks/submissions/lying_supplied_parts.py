"""Be someone else's part: a stub that is a library function, a class, a module, a partial.

Expected: ready-made parts are refused, others give wrong values.
"""

import functools
import types

import torch

EXPECTED = {"secret_sum": "missing or failed or error", "predict": "missing or failed or error", "echo": "failed or error"}

secret_sum = torch.sum
predict = types.SimpleNamespace(predict=1)
echo = functools.partial(lambda *args: args[0], "passed")
