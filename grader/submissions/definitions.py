"""Where and how the stubs are defined in an upload, and which of them are written: read from the
source, nothing is run."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

from grader.course.assignment import Stub
from grader.sandbox.inside.definitions import DEFINITIONS, FUNCTIONS, Definition, Index, dotted

if TYPE_CHECKING:  # it chooses the main file by what is written in it
    from grader.submissions.reading import Submission


def places(upload: Submission, stubs: Iterable[Stub]) -> dict[str, str]:
    """The place of each stub's last definition, by the stub's name: "ada.py, line 12" or
    "cell 3, line 1". Stubs that are not defined are left out; the main file goes before others."""
    found = {stub.name: definition_of(upload.index, stub) for stub in stubs}
    return {name: each.place_of(each.node) for name, each in found.items() if each}


def source(upload: Submission, stub: Stub) -> str | None:
    """The text of a stub's definition by def or class, at the margin and without decorators; None
    if there is none."""
    found = definition_of(upload.index, stub)
    if found is None or not isinstance(found.node, DEFINITIONS):
        return None
    return textwrap.dedent(found.text_of(found.node))


def definition_of(index: Index, stub: Stub) -> Definition | None:
    """A stub's definition under its own name, or else under the most usual other one; of a method,
    in its class."""
    found = (index.definitions.get(name) for name in _names(stub))
    return next(filter(None, found), None)


def written(index: Index, stubs: Iterable[Stub], template: Index | None = None) -> list[str]:
    """The names of the stubs that are written, in the order of `stubs`.

    One is not if it is not defined, under its own name or another, or if nothing is in it: no more
    than NotImplementedError, `pass` or `...`, or than what `template` has there. Of a class one
    method is enough. One that hides in a function or a class, where nobody finds it, is written.
    """
    stubs = list(stubs)
    known = {name for stub in stubs for name in _names(stub)}
    hidden = {name for name, (_, around) in index.nested.items() if around not in known}
    return [
        stub.name
        for stub in stubs
        if any(_is_written(index, name, template) for name in _names(stub))
        or (hidden.intersection(_names(stub)) and definition_of(index, stub) is None)
    ]


def _names(stub: Stub) -> list[str]:
    """Its own name, then the other ones; of a method, in its class."""
    owner, dot, _ = stub.name.rpartition(".")
    return [stub.name, *(owner + dot + alias for alias in stub.aliases)]


def _is_written(index: Index, name: str, template: Index | None) -> bool:
    found = index.definitions.get(name)
    if found is None:
        return False
    if isinstance(found.node, ast.ClassDef):
        inside = found.node.body
        methods = [other for other in index.definitions if other.startswith(f"{name}.")]
        return any(_is_written(index, method, template) for method in methods) or any(
            not _is_blank(part) for part in inside if not isinstance(part, DEFINITIONS)
        )
    if not isinstance(found.node, FUNCTIONS):
        return True  # a lambda, or another name of what is imported
    original = template.definitions.get(name) if template else None
    return not all(map(_is_blank, found.node.body)) and not (
        original is not None
        and isinstance(original.node, FUNCTIONS)
        and _code(found.node) == _code(original.node)
    )


def _is_blank(statement: ast.stmt) -> bool:
    """Whether a statement marks missing code or does nothing: a docstring, `pass`, `...`,
    NotImplementedError, the constructor of the base class."""
    if isinstance(statement, ast.Raise):
        raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        return dotted(raised) == "NotImplementedError"
    if not isinstance(statement, ast.Expr):
        return isinstance(statement, ast.Pass)
    value = statement.value
    return isinstance(value, ast.Constant) or (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and value.func.attr == "__init__"
    )


def _code(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """What it does, the same for equal code: its statements without docstring and places."""
    return [
        ast.dump(part)
        for part in function.body
        if not isinstance(part, ast.Expr) or not isinstance(part.value, ast.Constant)
    ]
