"""What a piece of code does with the names of the module around it. Read from the tree; nothing is
run, and nothing is known of objects: two names may mean one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from grader.sandbox.inside.cells import TOO_DEEP
from grader.sandbox.inside.definitions import DEFINITIONS, FUNCTIONS

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

# What these are given stays as it was.
READ_ONLY = {
    *("abs", "bool", "callable", "dir", "float", "format", "getattr", "hasattr", "hash", "help"),
    *("id", "int", "isinstance", "issubclass", "len", "max", "min", "print", "range", "repr"),
    *("round", "sorted", "str", "sum", "type"),
}
# Which names these bind or change is not to be seen in the tree.
DYNAMIC = {"exec", "eval", "globals", "locals", "vars", "setattr", "delattr", "__import__"}


@dataclass
class Use:
    """What executing code does with names of its module.

    reads: names that are looked up, also later, in functions that the code makes.
    mentions: names and attributes that it may call.
    binds: names that it sets. stores: names of whose objects it sets a part. changes: names whose
    objects it may change: by a part, by a method, by passing them to a call. sets: names of which
    it sets a part, or calls something without a look at what comes back: settings of a module.
    others: names that it makes mean what names on the right mean, with these.
    words: what stands in its texts, if it sets names that are not to be seen in the tree.
    trains: it calls ``backward``.
    """

    reads: set[str] = field(default_factory=set)
    mentions: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    stores: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    sets: set[str] = field(default_factory=set)
    others: dict[str, set[str]] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    is_dynamic: bool = False
    trains: bool = False

    def take(self, other: Use) -> bool:
        """Do as well what another piece of code does; True if that was anything new."""
        before = self._size()
        for name in ("binds", "stores", "changes", "sets", "words"):
            getattr(self, name).update(getattr(other, name))
        self.is_dynamic |= other.is_dynamic
        self.trains |= other.trains
        return self._size() != before

    def take_called(self, functions: dict[str, Use]) -> bool:
        """Do as well what the functions do that the code may call."""
        called = [functions[name] for name in self.mentions if name in functions]
        return sum(self.take(other) for other in called) > 0

    def _size(self) -> int:
        parts = (self.binds, self.stores, self.changes, self.sets, self.words)
        return sum(map(len, parts)) + self.is_dynamic + self.trains


def use_of(node: ast.stmt, functions: dict[str, Use]) -> Use:
    """What executing a top-level statement does, with all that it may call."""
    use = Use()
    _Reader(use).read(node)
    use.take_called(functions)
    return use


def functions_in(trees: Iterable[ast.AST]) -> dict[str, Use]:
    """What the functions and methods of a file do when they are called, with all that they call, by
    their bare names. A class's name stands for making one and for calling that."""
    found: dict[str, Use] = {}
    for name, node in (pair for tree in trees for pair in _named_functions(tree)):
        _Reader(found.setdefault(name, Use()), enters=True).read(node)
    while sum(use.take_called(found) for use in reversed(found.values())):
        pass
    return found


def _named_functions(tree: ast.AST) -> Iterator[tuple[str, Function]]:
    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS):
            yield node.name, node
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            yield from ((t.id, node.value) for t in node.targets if isinstance(t, ast.Name))
        elif isinstance(node, ast.ClassDef):
            own = [part for part in node.body if isinstance(part, FUNCTIONS)]
            yield from ((node.name, part) for part in own if part.name.startswith("__"))


class _Reader(ast.NodeVisitor):
    """Walks through code and fills a Use.

    enters: what is read is a function that is called, and so are the functions that it makes.
    """

    def __init__(self, use: Use, enters: bool = False) -> None:
        self.use = use
        self.enters = enters
        self.local: list[set[str]] = []  # names of the functions and classes around
        self.is_later = False  # in a function that this code only makes
        self.is_for_effect = False  # in a statement whose value nobody looks at

    def read(self, node: Any) -> None:
        """Read a statement, or a call of a function."""
        try:
            if self.enters:
                self.inside(node)
            else:
                self.visit(node)
        except TOO_DEEP:  # the names must do
            names = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
            self.use.reads.update(name.id for name in names if isinstance(name.ctx, ast.Load))
            self.use.binds.update(name.id for name in names if isinstance(name.ctx, ast.Store))

    def inside(self, node: Function) -> None:
        """Read what a call of a function does."""
        body = node.body if isinstance(node.body, list) else [node.body]
        arguments = {part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)}
        self.local.append(arguments | bound_in(body))
        for part in body:
            self.visit(part)
        self.local.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._bind(node.name)
        for part in (*node.decorator_list, node.args, node.returns):
            if part is not None:
                self.visit(part)
        before, self.is_later = self.is_later, self.is_later or not self.enters
        self.inside(node)
        self.is_later = before

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit(node.args)
        self.inside(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._bind(node.name)
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(part)
        self.local.append(bound_in(node.body))
        for part in node.body:
            self.visit(part)
        self.local.pop()

    def visit_ListComp(self, node: Any) -> None:
        targets = [part for generator in node.generators for part in ast.walk(generator.target)]
        names = {part.id for part in targets if isinstance(part, ast.Name)}
        calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
        given = [part for call in calls for part in (call.args if self.is_for_effect else ())]
        if names & {base_of(part) for part in (*given, *(call.func for call in calls))}:
            for generator in node.generators:  # a method of an element may change what has it
                for part in _parts(generator.iter):
                    self._add(self.use.changes, part)
        self.local.append(names)
        self.generic_visit(node)
        self.local.pop()

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp  # noqa: N815

    def visit_Name(self, node: ast.Name) -> None:
        if self._is_local(node.id):
            return
        if not isinstance(node.ctx, ast.Load):
            self._bind(node.id)
            return
        self.use.reads.add(node.id)
        if not self.is_later:
            self.use.mentions.add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Load):
            if not self.is_later:
                self.use.mentions.add(node.attr)
        else:
            self._store(node)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._store(node)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            for value in (node.value, *node.targets):
                self._rename(target, value)
        self.generic_visit(node)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self._rename(node.target, node.iter)
        self.generic_visit(node)

    visit_AsyncFor = visit_For  # noqa: N815

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name) and not self._is_local(node.target.id):
            self.use.reads.add(node.target.id)
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        called = node.value.func if isinstance(node.value, ast.Call) else None
        if isinstance(called, ast.Name) and called.id in READ_ONLY and not self.local:
            shown = _Reader(Use(reads=self.use.reads, binds=self.use.binds))
            shown.generic_visit(node)  # what is only printed changes nothing that is worth it
            return
        if called is not None:
            self._add(self.use.sets, called)
        before, self.is_for_effect = self.is_for_effect, True
        self.generic_visit(node)
        self.is_for_effect = before

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        if isinstance(node.func, ast.Attribute):
            self._add(self.use.changes, node.func)
            self.use.trains |= node.func.attr == "backward" and not self.is_later
        if called in DYNAMIC and not self.is_later:
            self.use.is_dynamic = True
            texts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
            found = (re.findall(r"\w+", text) for text in texts if isinstance(text, str))
            self.use.words.update(word for words in found for word in words)
        if called in ("setattr", "delattr") and node.args:
            self._store(node.args[0])
        # A library's function whose value is used, such as torch.exp(W), leaves what it is given.
        is_changing = self.is_for_effect or not isinstance(node.func, ast.Attribute)
        if is_changing and called not in READ_ONLY:
            for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                for part in _parts(argument):
                    self._add(self.use.changes, part)
        self.generic_visit(node)

    def visit_alias(self, node: ast.alias) -> None:
        self._bind(imported(node))

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self._bind(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node: Any) -> None:
        self._bind(node.name)
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs  # noqa: N815

    def visit_MatchMapping(self, node: Any) -> None:
        self._bind(node.rest)
        self.generic_visit(node)

    def _bind(self, name: str | None) -> None:
        if name and name != "*" and not self.is_later and not self._is_local(name):
            self.use.binds.add(name)

    def _rename(self, target: ast.expr, value: ast.expr) -> None:
        """A name that is set to what another one means, or to a part of it."""
        sources = {name for part in _parts(value) if (name := base_of(part))}
        if not self.is_later and sources:
            for part in _parts(target):
                if isinstance(part, ast.Name):
                    self.use.others.setdefault(part.id, set()).update(sources)

    def _store(self, node: ast.expr) -> None:
        for names in (self.use.stores, self.use.changes, self.use.sets):
            self._add(names, node)

    def _add(self, names: set[str], node: ast.expr) -> None:
        name = base_of(node)
        if name and not self.is_later and not self._is_local(name):
            names.add(name)

    def _is_local(self, name: str) -> bool:
        return any(name in names for names in self.local)


def bound_in(body: Iterable[ast.AST]) -> set[str]:
    """The names that code binds in its own scope: those of a function's body are its locals."""
    found: set[str] = set()
    of_module: set[str] = set()
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, DEFINITIONS):
            found.add(node.name)
            continue
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add(imported(node))
        elif isinstance(node, ast.Global):
            of_module.update(node.names)
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.add(node.rest)
        elif isinstance(node, ast.comprehension):
            waiting += [node.iter, *node.ifs]
            continue
        if not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return found - of_module


def imported(alias: ast.alias) -> str:
    """The name that an import binds: "torch" of ``import torch.nn``."""
    return alias.asname or alias.name.partition(".")[0]


def base_of(node: ast.AST) -> str:
    """The name at which attributes, indices and calls begin: "a" of ``a.b[0].c()``; "" without."""
    while not isinstance(node, ast.Name):
        if isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return ""
    return node.id


def _parts(argument: ast.expr) -> Iterator[ast.expr]:
    """What is passed with an argument: itself, or the elements of a display."""
    waiting: list[Any] = [argument]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            waiting += node.elts
        elif isinstance(node, ast.Dict):
            waiting += node.values
        elif not isinstance(node, ast.Call):
            yield node
