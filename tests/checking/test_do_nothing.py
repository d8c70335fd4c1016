"""A stub that does nothing right has 0 points: no check with points passes by chance."""

from __future__ import annotations

import ast
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

import pytest
from local_box import LocalBox

from grader.checking.suite import open_suite
from grader.course import assignment as assignments
from grader.course.assignment import Assignment, Stub
from tests.conftest import ROOT, RUNNABLE

# What a stub gives, whatever it is given; args[0] is its first argument.
SOME = ("None", "0", "args[0]", "torch.zeros(len(args[0]))")
NUMBERS = ("2", "0.5", "1.0", "True", "torch.zeros(())")
TENSORS = (
    *("torch.zeros_like(args[0])", "torch.zeros(len(args[0]), 1)", "torch.zeros(len(args[0]), 10)"),
    *("torch.ones_like(args[0])", "torch.ones(len(args[0]))", "torch.zeros(3)"),
)
OTHERS = ("''", "[]", "(0.0, 0.0)", "[(0.0, 0.0, 0.0)] * 3", "{'loss': 0.0, 'acc': 0.0}")
CALLABLES = ("(lambda *args: None)", "torch.nn.Identity()", "1 / 0")
ALL = SOME + NUMBERS + TENSORS + OTHERS + CALLABLES
RIGHT = {  # there the text asks for this
    ("accuracy_gradient", "torch.zeros_like(args[0])"),
    ("accuracy_gradient", "torch.zeros(len(args[0]))"),
}
VALUE = "VALUE"  # the environment variable that says what it gives: the program is read once
GIVES = f"return eval(__import__('os').environ['{VALUE}'])"
# Where a program does not know PyTorch, numpy has what the values are made of.
NUMPY = "\n\nif 'torch' not in globals():\n    import numpy as torch\n"


def function(stub: Stub) -> str:
    """The source of a function in the place of a stub; of a method, put into its class."""
    owner, _, name = stub.name.rpartition(".")
    names = [parameter.partition("=")[0] for parameter in stub.parameters]
    given = "".join(f"{name}, " for name in names)
    signature = ", ".join(["self", *stub.parameters] if owner else stub.parameters)
    text = f"def {name}({signature}):\n    args = ({given})\n    {GIVES}\n"
    return text + (f"{owner}.{name} = {name}\n" if owner else "")


def class_like(definition: ast.ClassDef) -> str:
    """The source of a class that has the methods of this one."""
    bases = ", ".join(map(ast.unparse, definition.bases))
    lines = [f"class {definition.name}({bases}):", "    def __init__(self, *args, **kwargs):"]
    lines.append("        super().__init__()")
    for part in definition.body:
        if isinstance(part, ast.FunctionDef) and part.name != "__init__":
            lines += [f"    def {part.name}(self, *args, **kwargs):", f"        {GIVES}"]
    return "\n".join(lines) + "\n"


def program(assignment: Assignment, stub: Stub) -> str:
    """The solution with one stub that gives the same whatever happens."""
    text = assignment.solution.read_text("utf-8")
    definitions = {getattr(node, "name", ""): node for node in ast.parse(text).body}
    node = definitions.get(stub.name)
    source = class_like(node) if isinstance(node, ast.ClassDef) else function(stub)
    if stub.is_value:
        given = f"(lambda *args: {GIVES.removeprefix('return ')})"
        source = f"{stub.name} = {given}(torch.zeros(784))\n"
    return f"{text}{NUMPY}\n{source}"


def lucky(name: str, values: tuple[str, ...]) -> list[str]:
    """The checks with points that a stub passes which always gives one of these values."""
    assignment = assignments.load(name, ROOT)
    found = []
    with open_suite(assignment, None) as suite:
        for stub in assignment.stubs:
            box = LocalBox(assignment, program(assignment, stub))
            checks = [check for check in suite.part((stub.name,), "unit") if not check.gate]
            for value in values:
                if (stub.name, value) in RIGHT:
                    continue
                os.environ[VALUE] = value
                passed = [one for one in suite.meet(box, checks) if one.problem is None]
                found += [f"{seen.check.item.name}: {value}" for seen in passed]
    return found


@pytest.mark.parametrize("name", RUNNABLE)
@pytest.mark.parametrize(
    "values", [SOME, pytest.param(ALL, marks=pytest.mark.slow)], ids=["some", "all"]
)
def test_a_stub_that_does_nothing_right_has_no_points(name, values):
    """Whatever it returns, raises or leaves undone, no check that has points passes."""
    # In a process of its own: JAX listens to the garbage collector of the one that it is in.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        assert process.submit(lucky, name, values).result() == []
