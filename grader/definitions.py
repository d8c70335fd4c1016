"""Where and how the stubs are defined in an upload: read from the source, nothing is run."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Iterator

from grader.assignment import Stub
from grader.submission import Cell, Submission, parse

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def places(upload: Submission, stubs: Iterable[Stub]) -> dict[str, str]:
    """The place of each stub's last definition, by the stub's name: "ada.py, line 12" or
    "cell 3, line 1". Stubs that are not defined are left out; the main file goes before others."""
    found = _all(upload)
    return {
        stub.name: f"{title}, line {first_line + node.lineno - 1}"
        for stub in stubs
        for spelling in _spellings(stub)
        if spelling in found
        for (title, _, first_line), node in [found[spelling]]
    }


def source(upload: Submission, stub: Stub) -> str | None:
    """The text of a stub's last definition, at the margin and without decorators; None if it is
    not defined by def or class."""
    found = _all(upload)
    for spelling in reversed(_spellings(stub)):
        if spelling in found:
            (_, text, _), node = found[spelling]
            segment = ast.get_source_segment(text, node, padded=True) or ""
            return textwrap.dedent(segment)
    return None


def _spellings(stub: Stub) -> list[str]:
    """The names of a stub, its own last, after the most usual other; those of a method in its
    class."""
    owner, dot, _ = stub.name.rpartition(".")
    return [*(owner + dot + alias for alias in reversed(stub.aliases)), stub.name]


def _all(upload: Submission) -> dict[str, tuple[Cell, _Definition]]:
    """The last definition of each name, with its cell."""
    found = {}
    for cells in (*upload.helpers.values(), upload.cells):
        for cell in cells:
            for name, node in _definitions(parse(cell[1]).body):
                found[name] = cell, node
    return found


def _definitions(body: Iterable[ast.stmt], prefix: str = "") -> Iterator[tuple[str, _Definition]]:
    """Functions and classes by name; methods too, as Class.method."""
    for node in body:
        if isinstance(node, _Definition):
            yield prefix + node.name, node
        if isinstance(node, ast.ClassDef):
            yield from _definitions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from _definitions(node.body, prefix)
