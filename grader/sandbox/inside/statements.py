"""A submission's top-level statements, compiled one by one: those that are needed.

Pure reading, nothing runs here.
"""

from __future__ import annotations
import __future__

import ast
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.sandbox.inside.cells import TOO_DEEP, Cell
from grader.sandbox.inside.definitions import Index
from grader.sandbox.inside.needs import IMPORTS, Need, Needs, Wanted
from grader.sandbox.inside.uses import bound_in


@dataclass(frozen=True)
class Statement:
    """One top-level statement. `code` is None for one that is left out or has a `problem`."""

    cell: str
    line: int
    names: frozenset[str]  # that it binds, imports apart
    code: types.CodeType | None
    problem: str = ""
    need: Need = field(default_factory=Need)

    @property
    def place(self) -> str:
        """Where a student finds it."""
        return f"{self.cell}, line {self.line}"


@dataclass(frozen=True)
class Plan:
    """The statements of a module, and definitions that hide inside others, by name."""

    statements: tuple[Statement, ...]
    nested: dict[str, tuple[str, str]]


class Plans(dict[tuple[tuple[Cell, ...], Wanted], Plan]):
    """Plans by their cells and what is wanted of them, each made when it is first asked for.
    Whoever loads the same program again and again keeps one of these."""

    def __missing__(self, key: tuple[tuple[Cell, ...], Wanted]) -> Plan:
        self[key] = made = plan(*key)
        return made


def plan(cells: tuple[Cell, ...], wanted: Wanted) -> Plan:
    """Read the cells. What Python cannot compile is a statement with a problem."""
    index = Index(cells)
    statements = [
        _not_compiled(cell.name, cell.first_line, frozenset(), error)
        for cell, error in index.problems
    ]
    placed: list[tuple[Cell, ast.stmt]] = []
    for cell, tree in index.trees:
        if cell.first_line > 1:  # it walks through all of the tree
            ast.increment_lineno(tree, cell.first_line - 1)
        placed += [(cell, node) for node in _opened(tree.body)]
    needs = Needs([node for _, node in placed], wanted)
    flags = 0
    for (cell, node), need in zip(placed, needs.of, strict=True):
        flags |= _future_flags(node)
        statements.append(_statement(cell, node, need, flags))
    return Plan(tuple(statements), index.nested)


def _statement(cell: Cell, node: ast.stmt, need: Need | None, flags: int) -> Statement:
    names = frozenset() if isinstance(node, IMPORTS) else frozenset(bound_in([node]))
    if need is None:
        return Statement(cell.name, node.lineno, names, None)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.Module([node], type_ignores=[])
            code = compile(tree, cell.name, "exec", flags, dont_inherit=True)
    except (SyntaxError, ValueError, *TOO_DEEP) as error:
        return _not_compiled(cell.name, node.lineno, names, error)
    return Statement(cell.name, node.lineno, names, code, need=need)


def _not_compiled(cell: str, line: int, names: frozenset[str], error: Exception) -> Statement:
    return Statement(cell, line, names, None, str(error)[:200] or type(error).__name__)


def _opened(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body, with ``if __name__ == "__main__":`` opened and each imported name
    on its own: one that is missing costs no other."""
    for node in body:
        if isinstance(node, ast.If) and _is_main_guard(node.test):
            yield from _opened(node.body)
        elif isinstance(node, IMPORTS) and getattr(node, "module", "") != "__future__":
            yield from (_import_of(node, alias) for alias in node.names)
        else:
            yield node


def _import_of(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> ast.stmt:
    if isinstance(node, ast.Import):
        return ast.copy_location(ast.Import([alias]), node)
    return ast.copy_location(ast.ImportFrom(node.module, [alias], node.level), node)


def _is_main_guard(test: ast.expr) -> bool:
    return any(isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(test))


def _future_flags(node: ast.stmt) -> int:
    if not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
        return 0
    flags = [getattr(__future__, a.name, None) for a in node.names]
    return sum(flag.compiler_flag for flag in flags if isinstance(flag, __future__._Feature))
