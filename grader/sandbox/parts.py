"""The parts that stand in for stubs: an author's parts.py, cut to what a check asks for."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.errors import AssignmentError


def source_of(parts: Iterable[str], path: Path | None) -> str:
    """The definitions of these parts, such as "accuracy" or "Classifier.loss", and of what they
    use. The rest stays outside: in it is a working version of the stub that is checked.

    Raises AssignmentError for a part that the file lacks.
    """
    if path is None:
        raise AssignmentError(f"A check supplies {', '.join(parts)}, but there is no parts.py.")
    body = ast.parse(path.read_text("utf-8"), str(path)).body
    defined = dict(_definitions(body))
    for part in parts:
        if part not in defined:
            raise AssignmentError(f"{path}: a check supplies {part}, which is not defined there.")
    needed = [defined[part.partition(".")[0]] for part in parts]
    for statement in needed:
        names = (node.id for node in ast.walk(statement) if isinstance(node, ast.Name))
        used = [defined[name] for name in names if name in defined]
        needed += [other for other in used if other not in needed]
    kept = [
        node for node in body if node in needed or isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    return "\n".join(map(ast.unparse, kept))


def _definitions(body: Iterable[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.stmt]]:
    """Functions, classes and names that are set, with their statements; methods as Class.method."""
    for node in body:
        if isinstance(node, ast.Assign):
            yield from ((ast.unparse(target), node) for target in node.targets)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield prefix + node.name, node
        if isinstance(node, ast.ClassDef):
            yield from _definitions(node.body, f"{node.name}.")
