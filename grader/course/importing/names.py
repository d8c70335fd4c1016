"""Names in a test: which of them mean something outside of it, and what becomes of them."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Iterator

from grader.sandbox.inside.definitions import first_line
from grader.sandbox.inside.uses import bound_in

_LOOPS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def outer_names(node: ast.AST, bound: frozenset[str] = frozenset()) -> Iterator[ast.Name]:
    """The names that a piece of code looks up and does not bind in a scope of its own."""
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load) and node.id not in bound:
            yield node
        return
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        arguments = node.args
        outside = [*arguments.defaults, *filter(None, arguments.kw_defaults)]
        body = [node.body] if isinstance(node, ast.Lambda) else node.body
        outside += [] if isinstance(node, ast.Lambda) else node.decorator_list
        for each in outside:
            yield from outer_names(each, bound)
        own = {each.arg for each in ast.walk(arguments) if isinstance(each, ast.arg)}
        bound = bound | own | (bound_in(body) if not isinstance(node, ast.Lambda) else set())
        for part in body:
            yield from outer_names(part, bound)
        return
    if isinstance(node, _LOOPS):
        bound = bound | {
            each.id
            for loop in node.generators
            for each in ast.walk(loop.target)
            if isinstance(each, ast.Name)
        }
    if isinstance(node, ast.arg | ast.alias):
        return
    for child in ast.iter_child_nodes(node):
        yield from outer_names(child, bound)


def prefixed(text: str, names: Iterable[str], before: str) -> str:
    """A statement with `before.` in front of these names, where they mean something outside."""
    tree, wanted = ast.parse(text), set(names)
    nodes = [name for name in outer_names(tree) if name.id in wanted]
    in_texts = {
        id(name)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for name in ast.walk(node)
    }
    if any(id(name) in in_texts for name in nodes):  # their places are not told before Python 3.12
        for node in nodes:
            node.id = f"{before}.{node.id}"
        return ast.unparse(tree)
    lines = [line.encode() for line in text.split("\n")]
    for node in sorted(nodes, key=lambda each: (each.lineno, each.col_offset), reverse=True):
        line, at = lines[node.lineno - 1], node.col_offset
        lines[node.lineno - 1] = line[:at] + f"{before}.".encode() + line[at:]
    return b"\n".join(lines).decode()


def text_of(source: str, node: ast.stmt) -> str:
    """A statement at the margin, as it is written; newly written where a text of it goes over
    several lines, which would lose its margin."""
    if node.col_offset and any(
        isinstance(each, ast.Constant | ast.JoinedStr) and each.lineno != each.end_lineno
        for each in ast.walk(node)
    ):
        return ast.unparse(node)
    lines = source.split("\n")
    own = lines[first_line(node) - 1 : node.end_lineno]
    if ";" in own[0] or lines[node.lineno - 1][: node.col_offset].strip():
        return ast.unparse(node)  # several statements in one line
    own[-1] = own[-1].encode()[: node.end_col_offset].decode()
    return textwrap.dedent("\n".join(own))
