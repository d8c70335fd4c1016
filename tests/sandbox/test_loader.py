"""What the box imports late."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from grader.sandbox.inside.serving import prepare
from grader.sandbox.inside.loader import load
from grader.sandbox.inside.statements import Cell

prepare()
load([Cell("a", "import torchvision; from torchvision import datasets, models", 1)], {}, {})
optimizer = "from torch import nn, optim; o = optim.SGD(nn.Linear(1, 1).parameters())"
assert load([Cell("o", optimizer + "; z = o.zero_grad()", 1)], {}, {}).notes == []
assert "torch._dynamo" not in sys.modules
program = load([Cell("b", "from torchvision.models import resnet18", 1)], {}, {})
assert program.notes == [] and callable(program.module.resnet18)
"""


def test_models_of_torchvision_are_there_when_they_are_used():
    """Importing torchvision for its data sets and making an optimizer is quick; what takes a second
    is imported late."""
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=120)


COMPILED = """
from grader.sandbox.inside.serving import prepare
from grader.sandbox.inside.loader import load
from grader.sandbox.inside.cells import Cell

prepare()
source = '''
import torch
@torch.compile
def one(x):
    return x + 1
@torch.compile(mode="reduce-overhead")
def two(x):
    return x + 2
three = torch.compile(lambda x: x + 3)
'''
names = load([Cell("a", source)], {}, {}).module
assert [names.one(0), names.two(0), names.three(0)] == [1, 2, 3]
"""


def test_what_is_to_be_compiled_runs_as_it_is():
    """torch.compile needs a compiler, which no box has: the function is right without it."""
    subprocess.run([sys.executable, "-c", COMPILED], check=True, timeout=120)
