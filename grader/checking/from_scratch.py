"""The from-scratch rule: a stub may not reach the ready-made operation that it is there to build.

Seen twice. In the source, with its line: names imported from the framework, attributes such as
``F.softmax``, ``nn.Softmax``, ``X.softmax(1)``, in the stub and in functions and methods of the
file that it calls. And at run time, below all spellings (``getattr(torch, "soft" + "max")``): the
framework tells what a call of the stub reaches in the sandbox (inside/frameworks/).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any

from grader.checking.comparison import Cause
from grader.course.assignment import Stub
from grader.course.operations import known_operations
from grader.i18n.words import _
from grader.sandbox.inside import frameworks
from grader.sandbox.inside.definitions import ASSIGNMENTS, Definition, Index, dotted, targets_of
from grader.sandbox.proxies import RemoteSubmission, in_sandbox
from grader.submissions.definitions import names_in


def assert_source_is_own(
    index: Index,
    stub: Stub,
    other_names: dict[str, list[str]],
    framework: str = frameworks.TORCH,
    stubs: Iterable[Stub] = (),
) -> None:
    """Raise Cause, with the line, if the stub's source names a forbidden operation.

    index: of the whole submission. other_names: of classes whose methods are stubs. framework: by
    its name. stubs: those whose source is not looked into: what stands there is held against them.
    """
    library = frameworks.named(framework)
    imported = {
        name: set(path.split("."))
        for name, path in index.imports.items()
        if path.split(".")[0] in library.packages and name not in index.definitions
    }
    names = _spellings(index, stub, other_names)
    others = {name for other in stubs for name in _spellings(index, other, other_names)}
    for definition in reached(index, names, others.difference(names)):
        for node in ast.walk(definition.node):
            used = _names(node, imported)
            for operation in stub.forbidden:
                for spelling in used.intersection(known_operations()[operation].spellings):
                    text = _(
                        "{cell}, line {line} uses {title}'s ready-made {name}; build it yourself"
                    )
                    cell, line = definition.cell.name, definition.line_of(node)
                    said = {"cell": cell, "line": line, "title": library.title, "name": spelling}
                    raise Cause(text.format(**said))


def _spellings(index: Index, stub: Stub, other_names: dict[str, list[str]]) -> list[str]:
    """The names that a stub may have in a file, of a method with those of its class."""
    owner, _dot, name = stub.name.rpartition(".")
    owners = (
        [f"{spelling}." for spelling in (owner, *other_names.get(owner, []))] if owner else [""]
    )
    names = [prefix + spelling for prefix in owners for spelling in (name, *stub.aliases)]
    return names + names_in(index, stub)


def assert_runs_own(
    submission: RemoteSubmission,
    stub: Stub,
    *calls: list[Any],
    framework: str = frameworks.TORCH,
) -> None:
    """Raise Cause if a call of the stub reaches a forbidden operation, however it is spelled.

    calls: the arguments (of a method, the object first); then those for a call of the result.
    """
    seen = set(operations(submission, stub.name, calls, framework))
    for operation in stub.forbidden:
        if seen & set(known_operations()[operation].dispatched):
            text = _("it calls {title}'s ready-made {name}; build it yourself")
            raise Cause(text.format(title=frameworks.named(framework).title, name=operation))


@in_sandbox
def operations(submission, stub, calls, framework):  # type: ignore[no-untyped-def]
    """Names of what calls of the stub reach, as the framework tells them."""
    from grader.sandbox.inside import frameworks
    from grader.sandbox.inside.device import moved

    seen: set[str] = set()
    with frameworks.named(framework).watching(seen):
        value = getattr(submission, stub)
        for arguments in calls:
            value = value(*arguments)
            if submission.data.device != "cpu":  # a layer is made on the processor
                value = moved(value, submission.data.device)
    return sorted(seen)


def reached(
    index: Index, names: Iterable[str], without: Iterable[str] = ()
) -> Iterator[Definition]:
    """The definitions of these names, of the functions of the file that they call, of the methods
    of the same class that they use, and the assignments to attributes of theirs."""
    waiting, seen = list(names), set(without)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        owner, _, method = name.rpartition(".")
        found = index.definitions.get(name)
        if found is None:
            cls = index.definitions.get(owner)
            bases = cls.node.bases if cls and isinstance(cls.node, ast.ClassDef) else []
            waiting += [f"{dotted(base)}.{method}" for base in bases]  # inherited
            if cls:
                yield from _assigned(index, owner, method)
            continue
        yield found
        parts = list(ast.walk(found.node))
        called = [part.func for part in parts if isinstance(part, ast.Call)]
        waiting += [part.id for part in called if isinstance(part, ast.Name)]
        waiting += [other for other in (found.alias, f"{owner}.{found.alias}") if found.alias]
        if owner:
            used = [part.attr for part in parts if isinstance(part, ast.Attribute)]
            waiting += [f"{owner}.{attribute}" for attribute in used]


def _assigned(index: Index, owner: str, attribute: str) -> Iterator[Definition]:
    """The statements in which a class, or a method of it, gives its objects this attribute."""
    for name, found in index.definitions.items():
        if name == owner:
            parts, target = iter(getattr(found.node, "body", ())), attribute
        elif name.rpartition(".")[0] == owner:
            parts, target = ast.walk(found.node), f"self.{attribute}"
        else:
            continue
        for node in parts:
            if isinstance(node, ASSIGNMENTS) and target in map(dotted, targets_of(node)):
                yield found._replace(node=node)


def _names(node: ast.AST, imported: dict[str, set[str]]) -> set[str]:
    """What an attribute, or a name imported from the framework, is called. What `self` has is the
    submission's own, and is looked at where it is defined or assigned."""
    if isinstance(node, ast.Attribute):
        return set() if dotted(node.value) == "self" else {node.attr}
    return imported.get(node.id, set()) if isinstance(node, ast.Name) else set()
