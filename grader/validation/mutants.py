"""Small changes of a solution's stubs, each of which a good suite should notice.

The operators are the usual ones of mutation testing (DeMillo, Lipton and Sayward 1978): another
arithmetic or comparison operator, another constant, a flipped condition, a statement left out; and
for tensors another axis and a lost keepdim. A mutant differs in one place.
"""

from __future__ import annotations

import ast
import copy
import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
Edit = Callable[[], Any]  # changes a tree in place


@dataclass(frozen=True)
class Mutant:
    """A stub with one change; `source` is appended to the solution."""

    stub: str
    line: int  # of the solution
    what: str
    source: str
    diff: str


def mutants(source: str, stubs: list[str]) -> Iterator[Mutant]:
    """Every mutant of the definitions of `stubs` in a solution, in the order of the text."""
    tree = ast.parse(source)
    for stub in stubs:
        name, _, method = stub.partition(".")
        for position, node in enumerate(tree.body):
            if getattr(node, "name", None) == name:
                yield from _of_definition(tree.body[position], stub, method)


def _of_definition(definition: ast.stmt, stub: str, method: str) -> Iterator[Mutant]:
    original = ast.unparse(definition)
    for number in range(len(list(_edits(definition, method)))):
        changed = copy.deepcopy(definition)
        line, what, edit = list(_edits(changed, method))[number]
        edit()
        text = ast.unparse(ast.fix_missing_locations(changed))
        if text == original:
            continue
        changes = difflib.unified_diff(original.splitlines(), text.splitlines(), lineterm="", n=0)
        diff = "\n".join(row for row in changes if row[:3] not in ("---", "+++"))
        yield Mutant(stub, line, what, text + "\n", diff)


def _edits(definition: ast.stmt, method: str) -> Iterator[tuple[int, str, Edit]]:
    """(line, what changes, the change) for every place of a definition, or of one method of it."""
    parts = definition.body if isinstance(definition, ast.ClassDef) else [definition]
    for part in parts:
        if isinstance(part, ast.FunctionDef) and (not method or part.name == method):
            for statement in part.body:
                for node in ast.walk(statement):
                    if not _is_text(node):
                        yield from _edits_of(node)
            yield from _left_out(part)


def _is_text(node: ast.AST) -> bool:
    """A docstring or a message: no part of what is computed."""
    return isinstance(node, ast.Raise) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def _edits_of(node: ast.AST) -> Iterator[tuple[int, str, Edit]]:
    line = getattr(node, "lineno", 0)
    for field, value, what in _changes(node):
        yield line, what, partial(setattr, node, field, value)


def _changes(node: ast.AST) -> Iterator[tuple[str, Any, str]]:
    """(field, its other value, what changes)"""
    if isinstance(node, (ast.BinOp, ast.AugAssign, ast.BoolOp)) and type(node.op) in OPERATORS:
        other = OPERATORS[type(node.op)]()
        yield "op", other, f"{_name(node.op)} becomes {_name(other)}"
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OPERATORS:
        other = OPERATORS[type(node.ops[0])]()
        yield "ops", [other, *node.ops[1:]], f"{_name(node.ops[0])} becomes {_name(other)}"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "op", ast.UAdd(), "the sign is dropped"
    if isinstance(node, ast.Constant) and isinstance(node.value, (bool, int, float)):
        value = not node.value if isinstance(node.value, bool) else node.value + 1
        yield "value", value, f"{node.value!r} becomes {value!r}"
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg in ("keepdim", "keepdims", "dim", "axis"):
                rest = [other for other in node.keywords if other is not keyword]
                yield "keywords", rest, f"{keyword.arg} is dropped"
    if isinstance(node, (ast.If, ast.IfExp, ast.While)):
        yield "test", ast.UnaryOp(ast.Not(), node.test), "the condition is negated"


def _left_out(function: ast.FunctionDef) -> Iterator[tuple[int, str, Edit]]:
    for parent in ast.walk(function):
        for field in ("body", "orelse"):
            block = getattr(parent, field, None)
            if not isinstance(block, list):
                continue
            for position, statement in enumerate(block):
                if not _is_text(statement):
                    edit = partial(_replace, block, position)
                    yield statement.lineno, "a statement is left out", edit


def _replace(block: list[ast.stmt], position: int) -> None:
    block[position] = ast.Pass()


def _name(operator: ast.AST) -> str:
    return type(operator).__name__
