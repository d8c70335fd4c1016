"""The from-scratch rule: a stub may not reach the ready-made operation that it is there to build.

Seen twice. In the source, with its line: names imported from torch, attributes such as
``F.softmax``, ``nn.Softmax``, ``X.softmax(1)``, in the stub and in functions and methods of the
file that it calls. And at run time, below all spellings (``getattr(torch, "soft" + "max")``): two
modes of PyTorch in the sandbox see which of its functions a call of the stub reaches, and which
operations these dispatch.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any

from grader.checking.comparison import Cause
from grader.course.assignment import Stub
from grader.course.operations import known_operations
from grader.i18n.words import _
from grader.sandbox.inside.definitions import Definition, Index, dotted
from grader.sandbox.proxies import RemoteSubmission, in_sandbox
from grader.submissions.definitions import names_in


def assert_source_is_own(index: Index, stub: Stub, other_names: dict[str, list[str]]) -> None:
    """Raise Cause, with the line, if the stub's source names a forbidden operation.

    index: of the whole submission. other_names: of classes whose methods are stubs.
    """
    imported = {
        name: set(path.split("."))
        for name, path in index.imports.items()
        if path.split(".")[0] == "torch"
    }
    owner, _dot, name = stub.name.rpartition(".")
    owners = (
        [f"{spelling}." for spelling in (owner, *other_names.get(owner, []))] if owner else [""]
    )
    names = [prefix + spelling for prefix in owners for spelling in (name, *stub.aliases)]
    names += names_in(index, stub)
    for definition in reached(index, names):
        for node in ast.walk(definition.node):
            used = _torch_names(node, imported)
            for operation in stub.forbidden:
                for spelling in used.intersection(known_operations()[operation].spellings):
                    text = _(
                        "{cell}, line {line} uses PyTorch's ready-made {name}; build it yourself"
                    )
                    cell, line = definition.cell.name, definition.line_of(node)
                    raise Cause(text.format(cell=cell, line=line, name=spelling))


def assert_runs_own(submission: RemoteSubmission, stub: Stub, *calls: list[Any]) -> None:
    """Raise Cause if a call of the stub reaches a forbidden operation, however it is spelled.

    calls: the arguments (of a method, the object first); then those for a call of the result.
    """
    seen = set(operations(submission, stub.name, calls))
    for operation in stub.forbidden:
        if seen & set(known_operations()[operation].dispatched):
            text = _("it calls PyTorch's ready-made {name}; build it yourself")
            raise Cause(text.format(name=operation))


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


def reached(index: Index, names: Iterable[str]) -> Iterator[Definition]:
    """The definitions of these names, of the functions of the file that they call, and of the
    methods of the same class that they use."""
    waiting, seen = list(names), set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        owner, _, method = name.rpartition(".")
        found = index.definitions.get(name)
        if found is None:
            cls = index.definitions.get(owner)
            bases = cls.node.bases if cls and isinstance(cls.node, ast.ClassDef) else []
            waiting += [f"{dotted(base)}.{method}" for base in bases]  # inherited
            continue
        yield found
        parts = list(ast.walk(found.node))
        called = [part.func for part in parts if isinstance(part, ast.Call)]
        waiting += [part.id for part in called if isinstance(part, ast.Name)]
        waiting += [other for other in (found.alias, f"{owner}.{found.alias}") if found.alias]
        if owner:
            used = [part.attr for part in parts if isinstance(part, ast.Attribute)]
            waiting += [f"{owner}.{attribute}" for attribute in used]


def _torch_names(node: ast.AST, imported: dict[str, set[str]]) -> set[str]:
    """What an attribute, or a name imported from torch, is called."""
    if isinstance(node, ast.Attribute):
        return {node.attr}
    return imported.get(node.id, set()) if isinstance(node, ast.Name) else set()
