"""The index of what a submission defines: which function, class or method has which name, where it
stands, and what hides where nobody finds it. Read from the trees; nothing is run.

Both sides of the boundary ask it, so it imports nothing of the grader but its neighbours.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from grader.sandbox.inside.cells import AnyCell, Cell, as_cells, parse

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign)


class Definition(NamedTuple):
    """Where a name is defined, and by which node: a function, a class, the assignment of a lambda,
    or that of a name which is imported or defined further below."""

    cell: Cell
    node: ast.stmt

    def line_of(self, part: ast.AST) -> int:
        """The line of the file on which a part of it stands."""
        return self.cell.first_line + getattr(part, "lineno", 1) - 1

    def place_of(self, part: ast.AST) -> str:
        """Where a student finds a part of it: "cell 3, line 5"."""
        return f"{self.cell.name}, line {self.line_of(part)}"

    def text_of(self, part: ast.AST) -> str:
        """The source of a part of it, as it was written; of a definition without decorators."""
        return ast.get_source_segment(self.cell.source, part, padded=True) or ""

    @property
    def alias(self) -> str:
        """The name of which the assignment makes another; "" for everything else."""
        return dotted(self.node.value) if isinstance(self.node, ASSIGNMENTS) else ""


class Index:
    """The definitions of some cells, of which the last ones count.

    known: trees of cells that have been parsed already, by source.
    """

    def __init__(
        self, cells: Iterable[AnyCell], known: Mapping[str, ast.Module] | None = None
    ) -> None:
        self.trees: list[tuple[Cell, ast.Module]] = []
        self.problems: list[tuple[Cell, SyntaxError]] = []  # cells that Python cannot parse
        for cell in as_cells(cells):
            try:
                self.trees.append((cell, (known or {}).get(cell.source) or parse(cell.source)))
            except SyntaxError as error:
                self.problems.append((cell, error))

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """The last definition of each function, class and method ("Class.method"), also of one that
        is put into its class later (``Class.method = f``, ``@add_to_class(Class)``), in an ``if``,
        ``try``, ``with`` or loop at the top level too. ``name = other`` names what `other` does."""
        known = {name for name, _, part in self._parts if not part.alias}
        found: dict[str, Definition] = {}
        for name, owner, part in self._parts:
            if not part.alias:
                found[name] = part
                continue
            others = [other for other in (owner + part.alias, part.alias) if other in known]
            if others or part.alias in self.imports:  # else the other one is a variable
                found[name] = found.get(others[0], part) if others else part
                known.add(name)
        return found

    @cached_property
    def _parts(self) -> list[tuple[str, str, Definition]]:
        """What may define a name, in order: the name, the prefix of the class around it, and it."""
        return [
            (name, owner, Definition(cell, node))
            for cell, tree in self.trees
            for name, owner, node in _named(tree)
        ]

    def all_of(self, name: str) -> list[Definition]:
        """Each definition of a function, a class or a method of this name, in order."""
        return [part for known, _, part in self._parts if known == name and not part.alias]

    @cached_property
    def imports(self) -> dict[str, str]:
        """The names that ``import a.b as c`` and ``from a import b`` bind, with what they stand
        for ("a.b"); those of ``import a.b`` are left out."""
        found = {}
        for node in (node for _, tree in self.trees for node in ast.walk(tree)):
            if isinstance(node, ast.Import):
                found.update({alias.asname: alias.name for alias in node.names if alias.asname})
            elif isinstance(node, ast.ImportFrom):
                start = f"{node.module or ''}."
                found.update(
                    {alias.asname or alias.name: start + alias.name for alias in node.names}
                )
        return found

    @cached_property
    def nested(self) -> dict[str, tuple[str, str]]:
        """Definitions inside functions and classes, with what they hide in:
        ("class", "Model")."""
        found = {}
        for node in (node for _, tree in self.trees for node in statements(tree.body)):
            if isinstance(node, DEFINITIONS):
                what = "class" if isinstance(node, ast.ClassDef) else "function"
                inner = (part for part in ast.walk(node) if part is not node)
                names = [part.name for part in inner if isinstance(part, DEFINITIONS)]
                found.update(dict.fromkeys(names, (what, node.name)))
        return found


def first_line(node: ast.stmt) -> int:
    """The number of the line in which a statement begins, with its decorators."""
    marks = getattr(node, "decorator_list", [])
    return min([node.lineno, *(mark.lineno for mark in marks)])


def statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body in order, with those inside of its ifs, tries, withs and loops."""
    waiting: list[ast.AST] = [*reversed(list(body))]
    while waiting:  # a chain of elifs is nested too deeply for recursion
        node = waiting.pop()
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, DEFINITIONS):
            inner = (ast.stmt, ast.ExceptHandler, ast.match_case)
            parts = [part for part in ast.iter_child_nodes(node) if isinstance(part, inner)]
            waiting += reversed(parts)


def _named(tree: ast.Module) -> Iterator[tuple[str, str, ast.stmt]]:
    """What may define a name, in order: the name, the prefix of the class around it, the node."""
    waiting = [("", node) for node in reversed(list(statements(tree.body)))]
    while waiting:
        owner, node = waiting.pop()
        yield from ((owner + name, owner, node) for name in _names(node))
        if isinstance(node, ast.ClassDef):
            inside = reversed(list(statements(node.body)))
            waiting += [(f"{owner}{node.name}.", part) for part in inside]


def _names(node: ast.stmt) -> list[str]:
    """The names that a statement may give to a function, a class or a method."""
    if isinstance(node, DEFINITIONS):
        calls = [mark for mark in node.decorator_list if isinstance(mark, ast.Call)]
        owners = filter(None, (dotted(argument) for call in calls for argument in call.args))
        return [node.name, *(f"{owner}.{node.name}" for owner in owners)]
    if not isinstance(node, ASSIGNMENTS):
        return []
    is_function = isinstance(node.value, ast.Lambda) or dotted(node.value)
    return [name for name in map(dotted, targets_of(node)) if name and is_function]


def targets_of(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    """What an assignment gives its value to."""
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def dotted(node: ast.AST | None) -> str:
    """The text of a name or of attributes of one: "nn.Module"; "" for everything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
