"""Where and how the stubs are defined in an upload, and which of them are written: read from the
source, nothing is run."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Collection, Hashable, Iterable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from grader.course.assignment import Assignment, Stub
from grader.errors import AssignmentError
from grader.sandbox.inside.cells import Cell
from grader.sandbox.inside.definitions import (
    ASSIGNMENTS,
    DEFINITIONS,
    FUNCTIONS,
    Definition,
    Index,
    dotted,
    statements,
    targets_of,
)
from grader.sandbox.inside.nearness import alike

if TYPE_CHECKING:  # it chooses the main file by what is written in it
    from grader.submissions.reading import Submission

Code = tuple[Hashable, ...]


def places(upload: Submission, stubs: Iterable[Stub]) -> dict[str, str]:
    """The place of each stub's last definition, by the stub's name: "ada.py, line 12" or
    "cell 3, line 1". Stubs that are not defined are left out; the main file goes before others."""
    found = definitions_in(upload.index, stubs)
    return {name: each.place_of(each.node) for name, each in found.items()}


def definitions_in(index: Index, stubs: Iterable[Stub]) -> dict[str, Definition]:
    """The last definition of each stub that has one, by the stub's name."""
    found = {
        stub.name: (value_of if stub.is_value else definition_of)(index, stub) for stub in stubs
    }
    return {name: each for name, each in found.items() if each}


def source(upload: Submission, stub: Stub) -> str | None:
    """The text of a stub's definition by def or class, at the margin and without decorators; None
    if there is none."""
    found = definition_of(upload.index, stub)
    if found is None or not isinstance(found.node, DEFINITIONS):
        return None
    return textwrap.dedent(found.text_of(found.node))


def definition_of(index: Index, stub: Stub) -> Definition | None:
    """A stub's definition under its own name, or else under the most usual other one; of a method,
    in its class."""
    found = (index.definitions.get(name) for name in names_in(index, stub))
    return next(filter(None, found), None)


def value_of(index: Index, stub: Stub) -> Definition | None:
    """The last assignment at the top level to a value, under its name or another one."""
    found = {
        part.id: Definition(cell, node)
        for cell, tree in index.trees
        for node in statements(tree.body)
        if isinstance(node, ASSIGNMENTS)
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }
    return next((found[name] for name in names_of(stub) if name in found), None)


def written(index: Index, stubs: Iterable[Stub], template: Index | None = None) -> list[str]:
    """The names of the stubs that are written, in the order of `stubs`; values are no part of it,
    since many a file has a `w` of its own.

    One is not if it is not defined, under its own name or another, or if nothing is in it: no more
    than NotImplementedError, `pass` or `...`, or than what `template` has there. Of a class one
    method is enough. One that hides in a function or a class, where nobody finds it, is written.
    """
    stubs = [stub for stub in stubs if not stub.is_value]
    known = {name for stub in stubs for name in names_of(stub)}
    hidden = {name for name, (_, around) in index.nested.items() if around not in known}
    return [
        stub.name
        for stub in stubs
        if any(_is_written(index, name, template) for name in names_in(index, stub, known))
        or (hidden.intersection(names_of(stub)) and definition_of(index, stub) is None)
    ]


def repeated(index: Index, stub: Stub) -> list[Definition]:
    """The definitions under the name of the one that counts, if several are written that do not do
    the same; else none."""
    last = definition_of(index, stub)
    names = [name for name in names_in(index, stub) if last in index.all_of(name)]
    found = [part for name in names[:1] for part in index.all_of(name) if is_finished(part)]
    return found if len({_code(part.node) for part in found}) > 1 and found[-1] == last else []


def names_of(stub: Stub) -> list[str]:
    """Its own name, then the other ones; of a method, in its class."""
    owner, dot, _ = stub.name.rpartition(".")
    return [stub.name, *(owner + dot + alias for alias in stub.aliases)]


def names_in(index: Index, stub: Stub, taken: Collection[str] = ()) -> list[str]:
    """Its names, and those of a program that differ from them in case and underscores only, of a
    class for a class and of a function for a function. taken: names of all stubs, which mean these.
    """
    names = names_of(stub)
    if "." in stub.name:
        return names
    found = alike(names, index.definitions, taken)
    is_class = {name: isinstance(index.definitions[name].node, ast.ClassDef) for name in found}
    return [*names, *(name for name in found if is_class[name] == stub.name[0].isupper())]


def defines_any(index: Index, stubs: Sequence[Stub]) -> bool:
    """Whether there is anything under the name of a stub that is called: a definition, written or
    not, another value, or perhaps one of the names that a module gives."""
    found = {*assigned(index), *index.nested}
    names = {name for stub in stubs if not stub.is_value for name in names_in(index, stub)}
    return "*" in found or bool(names & {*found, *index.definitions})


def is_attempted(index: Index, stubs: Sequence[Stub], template: Index) -> bool:
    """Whether there is work in a program: a stub is written, or bound to a value in another way
    than in the template, or a value is filled in that the template leaves open. A program without
    any stub is work of another kind, unless all of it is in the template."""
    if written(index, stubs, template):
        return True
    if not defines_any(index, stubs):
        known = {_code(node) for _cell, tree in template.trees for node in tree.body}
        return any(_code(node) not in known for _cell, tree in index.trees for node in tree.body)
    before, after = assigned(template), assigned(index)
    names = {"*", *(name for stub in stubs for name in names_of(stub))}
    left_open = {name for name, value in before.items() if not value}
    return any(after.get(name) for name in names - {*before} | left_open)


def template_of(assignment: Assignment) -> Index | None:
    """What students start from; None on their own machines, where it may hold their work by now,
    and where the marks in the solution are wrong."""
    if assignment.private is None:
        return None
    try:
        text = assignment.source.template()
    except AssignmentError:
        return None
    return Index([Cell("the template", text)])


def assigned(index: Index) -> dict[str, bool]:
    """The names that are bound to values at the top level, by assignments or imports, and whether
    to more than ``...``; the last one counts."""
    found = {}
    for node in (node for _cell, tree in index.trees for node in statements(tree.body)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found.update({alias.asname or alias.name: True for alias in node.names})
        elif isinstance(node, ASSIGNMENTS) and node.value is not None:
            bound = (part for target in targets_of(node) for part in ast.walk(target))
            is_filled = not _is_constant(node.value, ...)
            found.update({part.id: is_filled for part in bound if isinstance(part, ast.Name)})
    return found


def imports(index: Index) -> dict[str, set[str]]:
    """The names that a program takes from each module that it imports, a name of a package also
    where it may be a module; "*" for all of them."""
    found: dict[str, set[str]] = {}
    for node in (node for _cell, tree in index.trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            found |= {name.name: found.get(name.name, set()) for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            for name in node.names:
                found.setdefault(module, set()).add(name.asname or name.name)
                found.setdefault(f"{module}.{name.name}".lstrip("."), set())
    return found


def is_finished(found: Definition) -> bool:
    """Whether nothing in a definition says that code is missing."""
    return not any(map(says_missing, ast.walk(found.node)))


def code_of(index: Index, stub: Stub) -> Code:
    """What a stub's definition does, the same for equal code; empty where there is none."""
    found = definition_of(index, stub)
    return _code(found.node) if found else ()


def digest_of(index: Index) -> str:
    """sha256 of all statements of a program, the same for programs that differ only in white space,
    comments, texts that stand alone, and how statements are spread over cells."""
    digest = sha256()
    for statement in (part for _cell, tree in index.trees for part in tree.body):
        if not _is_text(statement):
            name = getattr(statement, "name", "")
            digest.update(repr((name, _code(statement))).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _is_written(index: Index, name: str, template: Index | None) -> bool:
    found = index.definitions.get(name)
    if found is None:
        return False
    if isinstance(found.node, ast.ClassDef):
        inside = [other for other in index.definitions if other.startswith(f"{name}.")]
        methods = [m for m in inside if not isinstance(index.definitions[m].node, ast.ClassDef)]
        return any(_is_written(index, method, template) for method in methods) or any(
            not is_blank(part) for part in found.node.body if not isinstance(part, DEFINITIONS)
        )
    if not isinstance(found.node, FUNCTIONS):
        return True  # a lambda, or another name of what is imported
    if all(map(is_blank, found.node.body)):
        return False
    original = template.definitions.get(name) if template else None
    if original is None or is_finished(original):
        return True
    return _code(found.node) != _code(original.node)


def is_blank(statement: ast.stmt) -> bool:
    """Whether a statement marks missing code or does nothing: a docstring, `pass`, `...`,
    NotImplementedError, the constructor of the base class."""
    if not isinstance(statement, ast.Expr):
        return isinstance(statement, ast.Pass) or says_missing(statement)
    value = statement.value
    return isinstance(value, ast.Constant) or (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and value.func.attr == "__init__"
    )


def says_missing(node: ast.AST) -> bool:
    if not isinstance(node, ast.Raise):
        return False
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return dotted(raised) == "NotImplementedError"


def _is_constant(node: ast.AST, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _code(node: ast.stmt) -> Code:
    """The nodes of a statement; of a function without its name and texts that stand alone.
    ast.dump would do but for code that is nested too deeply."""
    parts: list[ast.AST] = [node]
    if isinstance(node, FUNCTIONS):
        parts = [node.args, *(part for part in node.body if not _is_text(part))]
    return tuple(
        (type(one), *(_field(value) for _name, value in ast.iter_fields(one)))
        for part in parts
        for one in ast.walk(part)
    )


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _field(value: object) -> Hashable:
    """A field of a node without the nodes in it, which follow by themselves. 1 is not True."""
    if isinstance(value, list):
        return tuple(map(_field, value))
    return None if isinstance(value, ast.AST) else (type(value), value)
