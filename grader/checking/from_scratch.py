"""The from-scratch rule: a stub may not reach the ready-made operation that it is there to build.

Seen twice. In the source, with its line: names imported from torch, attributes such as
``F.softmax``, ``nn.Softmax``, ``X.softmax(1)``, in the stub and in functions and methods of the
file that it calls. And at run time, below all spellings (``getattr(torch, "soft" + "max")``): two
modes of PyTorch in the sandbox see which of its functions a call of the stub reaches, and which
operations these dispatch.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from grader.checking.comparison import Mismatch
from grader.course.assignment import Stub
from grader.i18n.words import _
from grader.sandbox.proxies import RemoteSubmission, in_sandbox
from grader.submissions.reading import Cell, parse

Place = tuple[str, int, ast.AST]  # cell, its first line, the definition


@dataclass(frozen=True)
class ReadyMade:
    """One operation: its spellings in source, and what is seen of it at run time: "aten.…" where
    PyTorch dispatches it as a whole, else the name of its function or of its module."""

    spellings: tuple[str, ...]
    dispatched: tuple[str, ...] = ()


# What assignment.toml calls them.
OPERATIONS = {
    "softmax": ReadyMade(
        ("softmax", "Softmax", "_softmax"), ("aten._softmax", "aten._safe_softmax")
    ),
    "log_softmax": ReadyMade(("log_softmax", "LogSoftmax"), ("aten._log_softmax",)),
    "cross_entropy": ReadyMade(
        ("cross_entropy", "CrossEntropyLoss"), ("aten.cross_entropy_loss", "aten._log_softmax")
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
}


def assert_source_is_own(
    cells: Iterable[Cell], stub: Stub, other_names: dict[str, list[str]]
) -> None:
    """Raise Mismatch, with the line, if the stub's source names a forbidden operation.

    other_names: of classes whose methods are stubs.
    """
    definitions, imported = _read(tuple(cells))
    owner, _dot, name = stub.name.rpartition(".")
    owners = (
        [f"{spelling}." for spelling in (owner, *other_names.get(owner, []))] if owner else [""]
    )
    names = [prefix + spelling for prefix in owners for spelling in (name, *stub.aliases)]
    for cell, first_line, node in _reached(definitions, names):
        for found in ast.walk(node):
            used = _torch_names(found, imported)
            for operation in stub.forbidden:
                for spelling in used.intersection(OPERATIONS[operation].spellings):
                    line = first_line + getattr(found, "lineno", 1) - 1
                    text = _(
                        "{cell}, line {line} uses PyTorch's ready-made {name}; build it yourself"
                    )
                    raise Mismatch(text.format(cell=cell, line=line, name=spelling))


def assert_runs_own(submission: RemoteSubmission, stub: Stub, *calls: list[Any]) -> None:
    """Raise Mismatch if a call of the stub reaches a forbidden operation, however it is spelled.

    calls: the arguments (of a method, the object first); then those for a call of the result.
    """
    seen = set(operations(submission, stub.name, calls))
    for operation in stub.forbidden:
        if seen & set(OPERATIONS[operation].dispatched):
            text = _("it calls PyTorch's ready-made {name}; build it yourself")
            raise Mismatch(text.format(name=operation))


@in_sandbox
def operations(submission, stub, calls):  # type: ignore[no-untyped-def]
    """Names of the functions of PyTorch that calls of the stub reach, such as "l1_loss", of the
    operations that these dispatch, such as "aten.abs", and of the modules whose code runs, such
    as "torch.optim.sgd"."""
    import sys

    from torch.overrides import TorchFunctionMode
    from torch.utils._python_dispatch import TorchDispatchMode

    seen = set()

    class Caller(TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):  # type: ignore
            seen.add(str(getattr(function, "__name__", function)))
            return function(*args, **(kwargs or {}))

    class Recorder(TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):  # type: ignore
            seen.add(str(function).rpartition(".")[0])
            return function(*args, **(kwargs or {}))

    def note_module(frame, event, argument):  # type: ignore[no-untyped-def]
        seen.add(str(frame.f_globals.get("__name__")))

    sys.setprofile(note_module)
    try:
        with Recorder(), Caller():
            value = getattr(submission, stub)
            for arguments in calls:
                value = value(*arguments)
    finally:
        sys.setprofile(None)
    return sorted(seen)


@functools.lru_cache(maxsize=1)  # each stub asks for the submission that is being graded
def _read(cells: tuple[Cell, ...]) -> tuple[dict[str, Place], dict[str, set[str]]]:
    """The definitions of the cells, and the names that they import from torch."""
    trees = [(name, parse(source), line) for name, source, line in cells]
    return _definitions(trees), _imported_from_torch(tree for name, tree, line in trees)


def _definitions(trees: list[tuple[str, ast.Module, int]]) -> dict[str, Place]:
    """The last definition of every function, class and method ("Class.method") of the file. A
    method may be put into its class later: ``Class.method = f``, ``@add_to_class(Class)``."""
    found: dict[str, Place] = {}
    for cell, tree, first_line in trees:
        for node in tree.body:
            parts = [(name, node) for name in _names_of(node)]
            if isinstance(node, ast.ClassDef):
                methods = [part for part in node.body if isinstance(part, ast.FunctionDef)]
                parts += [(f"{node.name}.{method.name}", method) for method in methods]
            found.update({name: (cell, first_line, part) for name, part in parts})
    return found


def _names_of(node: ast.stmt) -> list[str]:
    """The names under which a statement defines a function, a class or a method."""
    if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Name, ast.Lambda)):
        return [ast.unparse(target) for target in node.targets]
    if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return []
    calls = [decorator for decorator in node.decorator_list if isinstance(decorator, ast.Call)]
    owners = [ast.unparse(argument) for call in calls for argument in call.args]
    return [node.name, *(f"{owner}.{node.name}" for owner in owners)]


def _reached(definitions: dict[str, Place], names: Iterable[str]) -> Iterator[Place]:
    """The definitions of these names, of the functions of the file that they call, and of the
    methods of the same class that they use."""
    waiting, seen = list(names), set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        owner, _, method = name.rpartition(".")
        if name not in definitions:
            _, _, cls = definitions.get(owner, ("", 0, None))
            bases = cls.bases if isinstance(cls, ast.ClassDef) else []
            waiting += [f"{ast.unparse(base)}.{method}" for base in bases]  # inherited
            continue
        yield definitions[name]
        node = definitions[name][2]
        parts = [node.value] if isinstance(node, ast.Assign) else []
        parts += [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
        waiting += [part.id for part in parts if isinstance(part, ast.Name)]
        if owner:
            used = [part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)]
            waiting += [f"{owner}.{attribute}" for attribute in used]


def _imported_from_torch(trees: Iterable[ast.Module]) -> dict[str, set[str]]:
    """Names that ``from torch.optim import SGD as own`` or ``import torch.optim as own`` bind, with
    the parts of what they stand for: torch, optim, SGD."""
    found = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            paths = {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom):
            paths = {
                alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names
            }
        else:
            continue
        parts = {name: path.split(".") for name, path in paths.items()}
        found.update({name: set(path) for name, path in parts.items() if path[0] == "torch"})
    return found


def _torch_names(node: ast.AST, imported: dict[str, set[str]]) -> set[str]:
    """What an attribute, or a name imported from torch, is called."""
    if isinstance(node, ast.Attribute):
        return {node.attr}
    return imported.get(node.id, set()) if isinstance(node, ast.Name) else set()
