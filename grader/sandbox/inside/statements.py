"""Reading a submission's statements: which define something, which only drive.

Pure reading, nothing runs here.
"""

from __future__ import annotations
import __future__

import ast
import re
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from grader.sandbox.inside.cells import TOO_DEEP, Cell
from grader.sandbox.inside.definitions import DEFINITIONS, FUNCTIONS, Index

ALWAYS = (*DEFINITIONS, ast.Import, ast.ImportFrom, ast.Pass, ast.Delete, ast.Global)
COMPOUND = (ast.If, ast.Try, ast.With, ast.For)

# A call of one of these names is a driver wherever it stands.
DRIVER_CALL = re.compile(
    r"^(train|fit|main|run|plot|show|test|evaluate|predict|demo)(_|$|\d)", re.IGNORECASE
)
# A bare call runs only when it sets something up: in-place tensor methods, seeds, initialisers.
SETUP_CALL = re.compile(
    r".*[^_]_$|^(apply|seed|manual_seed|manual_seed_all|append|extend|insert|update|setattr|"
    r"add_module|register_buffer|set_default_dtype|use|filterwarnings|simplefilter)$"
)


@dataclass(frozen=True)
class Statement:
    """One top-level statement. `code` is None for a driver and for one with a `problem`."""

    cell: str
    line: int
    names: frozenset[str]  # that it binds
    code: types.CodeType | None
    problem: str = ""

    @property
    def place(self) -> str:
        """Where a student finds it."""
        return f"{self.cell}, line {self.line}"


@dataclass(frozen=True)
class Plan:
    """The statements of a module, and definitions that hide inside others, by name."""

    statements: tuple[Statement, ...]
    nested: dict[str, tuple[str, str]]


class Plans(dict[tuple[Cell, ...], Plan]):
    """Plans by their cells, each made when it is first asked for. Whoever loads the same program
    again and again keeps one of these."""

    def __missing__(self, cells: tuple[Cell, ...]) -> Plan:
        self[cells] = made = plan(cells)
        return made


def plan(cells: tuple[Cell, ...]) -> Plan:
    """Read the cells. What Python cannot compile is a statement with a problem."""
    index = Index(cells)
    statements = [
        _not_compiled(cell.name, cell.first_line, frozenset(), error)
        for cell, error in index.problems
    ]
    trainers = _training_functions([tree for _, tree in index.trees])
    flags = 0
    for cell, tree in index.trees:
        ast.increment_lineno(tree, cell.first_line - 1)
        for node in _opened(tree.body):
            flags |= _future_flags(node)
            statements.append(_statement(cell, node, trainers, flags))
    return Plan(tuple(statements), index.nested)


def _statement(cell: Cell, node: ast.stmt, trainers: frozenset[str], flags: int) -> Statement:
    names = bound_names(node)
    if is_driver(node, trainers):
        return Statement(cell.name, node.lineno, names, None)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.Module([node], type_ignores=[])
            code = compile(tree, cell.name, "exec", flags, dont_inherit=True)
    except (SyntaxError, ValueError, *TOO_DEEP) as error:
        return _not_compiled(cell.name, node.lineno, names, error)
    return Statement(cell.name, node.lineno, names, code)


def _not_compiled(cell: str, line: int, names: frozenset[str], error: Exception) -> Statement:
    return Statement(cell, line, names, None, str(error)[:200] or type(error).__name__)


def _opened(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body, with ``if __name__ == "__main__":`` opened."""
    for node in body:
        if isinstance(node, ast.If) and _is_main_guard(node.test):
            yield from _opened(node.body)
        else:
            yield node


def _is_main_guard(test: ast.expr) -> bool:
    return any(isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(test))


def is_driver(node: ast.stmt, trainers: frozenset[str]) -> bool:
    """Whether a top-level statement trains, prints, plots or compares instead of defining.

    trainers: names of the file's own functions that train (they call ``backward``).
    """
    if isinstance(node, ALWAYS):
        return False
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return _calls_driver(node, trainers)
    if isinstance(node, ast.Expr):
        if isinstance(node.value, ast.Call) and SETUP_CALL.match(_callee(node.value)):
            return _calls_driver(node.value, trainers)
        return not isinstance(node.value, ast.Constant)
    if isinstance(node, COMPOUND):
        children = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
        for handler in getattr(node, "handlers", []):
            children += handler.body
        return any(is_driver(child, trainers) for child in children)
    return True


def _calls_driver(node: ast.AST, trainers: frozenset[str]) -> bool:
    names = [_callee(call) for call in _calls(node)]
    return any(name in trainers or DRIVER_CALL.match(name) for name in names)


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    """Calls that happen when the node is executed: not those inside lambdas."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call):
            yield node
        if not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def _callee(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else "a function"


def _training_functions(trees: list[ast.Module]) -> frozenset[str]:
    """Functions that call backward(), and functions that call those."""
    bodies = {
        node.name: {_callee(call) for call in ast.walk(node) if isinstance(call, ast.Call)}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, FUNCTIONS)
    }
    found = {name for name, calls in bodies.items() if "backward" in calls}
    while more := {name for name, calls in bodies.items() if calls & found} - found:
        found |= more
    return frozenset(found)


def bound_names(node: ast.stmt) -> frozenset[str]:
    """The names that a statement defines or assigns."""
    if isinstance(node, DEFINITIONS):
        return frozenset({node.name})
    stored = (n for n in ast.walk(node) if isinstance(n, ast.Name))
    return frozenset(n.id for n in stored if isinstance(n.ctx, ast.Store))


def _future_flags(node: ast.stmt) -> int:
    if not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
        return 0
    flags = [getattr(__future__, a.name, None) for a in node.names]
    return sum(flag.compiler_flag for flag in flags if isinstance(flag, __future__._Feature))
