"""Where the stubs are defined in an upload: read from the source, nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.assignment import Stub
from grader.submission import Cell, Submission, parse


def places(upload: Submission, stubs: Iterable[Stub]) -> dict[str, str]:
    """The place of each stub's last definition, by the stub's name: "ada.py, line 12" or
    "cell 3, line 1". Stubs that are not defined are left out; the main file goes before others."""
    found: dict[str, str] = {}
    for cells in (*upload.helpers.values(), upload.cells):
        found.update(_places(cells))
    return {
        stub.name: found[spelling]
        for stub in stubs
        for spelling in (*_aliases(stub), stub.name)
        if spelling in found
    }


def _aliases(stub: Stub) -> list[str]:
    """The other names of a stub, the most usual one last; those of a method in its class."""
    owner, dot, _ = stub.name.rpartition(".")
    return [owner + dot + alias for alias in reversed(stub.aliases)]


def _places(cells: Iterable[Cell]) -> Iterator[tuple[str, str]]:
    for title, source, first_line in cells:
        for name, line in _definitions(parse(source).body):
            yield name, f"{title}, line {first_line + line - 1}"


def _definitions(body: Iterable[ast.stmt], prefix: str = "") -> Iterator[tuple[str, int]]:
    """(name, line) of functions and classes; of methods too, as Class.method."""
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield prefix + node.name, node.lineno
        if isinstance(node, ast.ClassDef):
            yield from _definitions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from _definitions(node.body, prefix)
