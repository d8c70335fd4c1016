"""Where and how the stubs are defined in an upload: read from the source, nothing is run."""

from __future__ import annotations

import ast
import itertools
import textwrap
from collections.abc import Iterable, Iterator

from grader.course.assignment import Stub
from grader.submissions.reading import Cell, Submission, parse

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Found = tuple[Cell, Definition]


def places(upload: Submission, stubs: Iterable[Stub]) -> dict[str, str]:
    """The place of each stub's last definition, by the stub's name: "ada.py, line 12" or
    "cell 3, line 1". Stubs that are not defined are left out; the main file goes before others."""
    found = definitions(_all_cells(upload))
    return {
        stub.name: f"{title}, line {first_line + node.lineno - 1}"
        for stub in stubs
        for spelling in _spellings(stub)
        if spelling in found
        for (title, _, first_line), node in [found[spelling]]
    }


def source(upload: Submission, stub: Stub) -> str | None:
    """The text of a stub's definition, at the margin and without decorators; None if there is
    none."""
    found = find(definitions(_all_cells(upload)), stub)
    if found is None:
        return None
    (_, text, _), node = found
    return textwrap.dedent(ast.get_source_segment(text, node, padded=True) or "")


def definitions(cells: Iterable[Cell]) -> dict[str, Found]:
    """The last definition of each function, class and method ("Class.method"), with its cell."""
    found = {}
    for cell in cells:
        for name, node in _definitions(parse(cell[1]).body):
            found[name] = cell, node
    return found


def find(found: dict[str, Found], stub: Stub) -> Found | None:
    """A stub's definition among these, under the name that goes before others."""
    return next((found[name] for name in reversed(_spellings(stub)) if name in found), None)


def _spellings(stub: Stub) -> list[str]:
    """The names of a stub, its own last, after the most usual other; those of a method in its
    class."""
    owner, dot, _ = stub.name.rpartition(".")
    return [*(owner + dot + alias for alias in reversed(stub.aliases)), stub.name]


def _all_cells(upload: Submission) -> Iterator[Cell]:
    """The main file last: it goes before others."""
    return itertools.chain(*upload.helpers.values(), upload.cells)


def _definitions(body: Iterable[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Definition]]:
    """Functions and classes by name; methods too, as Class.method."""
    for node in body:
        if isinstance(node, Definition):
            yield prefix + node.name, node
        if isinstance(node, ast.ClassDef):
            yield from _definitions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from _definitions(node.body, prefix)
