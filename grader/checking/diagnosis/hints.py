"""Static reading of a stub that failed: what is suspicious in its text, said in a sentence.

A hint is a guess from the source, never a verdict: it is added to the message of a check that
failed by no known mistake, and in a way that the hint can explain. Nothing is run here.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.checking.outcomes import NONE, Kind
from grader.course.assignment import Stub
from grader.errors import StudentError
from grader.i18n.words import _
from grader.sandbox.inside.definitions import DEFINITIONS, Definition, Index
from grader.submissions.definitions import definition_of

BUILTINS = frozenset(vars(builtins))
MOST_SHOWN = 60  # characters of the student's code


@dataclass(frozen=True)
class Hint:
    """What a rule says of a stub's text, and the kinds of failure (outcomes.Kind) that it explains.

    is_certain: whether it is so whatever was seen, and no suspicion.
    """

    text: str
    explains: tuple[Kind, ...]
    is_certain: bool = False


@dataclass(frozen=True)
class Reading:
    """A function of the student beside the one of the solution (None where there is none)."""

    name: str
    node: ast.FunctionDef
    reference: ast.FunctionDef | None
    variables: frozenset[str]
    """Names that the student's file binds at the top by assignment."""
    definition: Definition
    """That of the stub, in which the function stands."""

    def place(self, node: ast.AST) -> str:
        """Where a node stands, such as "cell 3, line 5"."""
        return self.definition.place_of(node)


def hints(own: Index, solution: Index, stubs: Iterable[Stub]) -> dict[str, list[Hint]]:
    """What in the text of each stub may be why it fails, by its name; the most telling first.

    solution: of the reference; empty where it is not at hand.
    """
    variables = frozenset(_variables(own))
    said = {}
    for stub in stubs:
        readings = _readings(definition_of(own, stub), definition_of(solution, stub), variables)
        said[stub.name] = [hint for r in readings for rule in RULES for hint in rule(r)]
    return said


def explaining(found: Iterable[Hint], kind: Kind) -> Hint | None:
    """The first of these hints that can be why a check failed in this way."""
    return next((hint for hint in found if kind in hint.explains), None)


def silent_in(index: Index, error: StudentError) -> str:
    """The function of the file that never returns a value, although the line that met None calls
    it; "" where there is none."""
    if NONE not in error.message or not error.trace:
        return ""
    line = error.trace.rpartition("\n")[2]
    for name in re.findall(r"(\w+)\(", line.partition(": ")[2]):
        found = index.definitions.get(name)
        if found and isinstance(found.node, ast.FunctionDef) and not _gives(found.node):
            text = _("`{stub}` returns nothing (None): is there a `return`? ({place})")
            return text.format(stub=name, place=found.place_of(found.node))
    return ""


def _readings(
    found: Definition | None, wanted: Definition | None, variables: frozenset[str]
) -> Iterator[Reading]:
    """The stub's function, or the methods of its class."""
    if found is None:
        return
    references = _functions(wanted.node, found.node) if wanted else {}
    for name, node in _functions(found.node, found.node).items():
        yield Reading(name, node, references.get(name), variables, found)


def _functions(definition: ast.AST, own: ast.AST) -> dict[str, ast.FunctionDef]:
    """The methods of a class by their names; a function under the name that the student's has."""
    if isinstance(definition, ast.FunctionDef):
        return {getattr(own, "name", ""): definition}
    nodes = definition.body if isinstance(definition, ast.ClassDef) else []
    return {node.name: node for node in nodes if isinstance(node, ast.FunctionDef)}


def _variables(index: Index) -> Iterator[str]:
    for _cell, tree in index.trees:
        for statement in tree.body:
            if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.For)):
                yield from _bound(statement)


# ------------------------------------------------------------------------------ rules


def _never_returns(reading: Reading) -> Iterator[Hint]:
    """Nothing is returned, and the solution does, or a check has met the None."""
    if _gives(reading.node) or not (reading.reference is None or _gives(reading.reference)):
        return
    is_method = reading.definition.node is not reading.node
    if reading.reference is None and is_method:
        return  # such as __init__
    prints = [call for call in _calls(reading.node) if _called(call) == "print"]
    text = _("`{name}` returns nothing (None): end it with return ({place})")
    if prints:
        text = _("`{name}` prints and returns nothing (None): use return ({place})")
    place = reading.place(prints[0] if prints else reading.node)
    explains: tuple[Kind, ...] = ("nothing",)
    if reading.reference and not is_method:
        explains = ("nothing", "raised")
    yield Hint(text.format(name=reading.name, place=place), explains, is_certain=True)


def _returns_in_the_loop(reading: Reading) -> Iterator[Hint]:
    """The only return is in a loop, at once; in the solution it stands behind."""
    returns = [node for node in _inside(reading.node) if isinstance(node, ast.Return)]
    loops = [node for node in _inside(reading.node) if isinstance(node, (ast.For, ast.While))]
    for loop in loops:
        direct = [node for node in loop.body if isinstance(node, ast.Return)]
        if direct and len(returns) == 1 and _returns_last(reading.reference):
            text = _("{place}: return stands inside the loop, so the loop ends in its first round")
            yield Hint(text.format(place=reading.place(direct[0])), ("value",))


def _hides_a_function(reading: Reading) -> Iterator[Hint]:
    """A local variable with the name of a function that is called: Python takes the variable."""
    bound = {name for node in _inside(reading.node) for name in _bound(node)}
    for call in _calls(reading.node):
        name = _called(call)
        if name in bound and (name == reading.name or name in BUILTINS):
            text = _(
                "{place}: `{name}` is also a variable in `{stub}`, which hides the function; give "
                "the variable another name"
            )
            text = text.format(place=reading.place(call), name=name, stub=reading.name)
            yield Hint(text, ("value", "raised"))


def _calls_itself(reading: Reading) -> Iterator[Hint]:
    own = [call for call in _calls(reading.node) if _called(call) == reading.name]
    if own and not (reading.reference and reading.name in map(_called, _calls(reading.reference))):
        text = _("{place}: `{name}` calls itself; is that meant?")
        text = text.format(place=reading.place(own[0]), name=reading.name)
        yield Hint(text, ("value", "raised", "timeout"))


def _throws_away(reading: Reading) -> Iterator[Hint]:
    for node in _inside(reading.node):
        if isinstance(node, ast.Expr) and isinstance(
            node.value, (ast.BinOp, ast.Compare, ast.UnaryOp, ast.Subscript)
        ):
            text = _("{place}: the value of `{code}` is computed and not kept")
            code = " ".join(reading.definition.text_of(node.value).split())
            text = text.format(place=reading.place(node), code=code[:MOST_SHOWN])
            yield Hint(text, ("value", "nothing"))


def _ignores_an_argument(reading: Reading) -> Iterator[Hint]:
    """An argument that is not used, though the solution uses it: a variable of the notebook in its
    place? A method's first argument is the object, which need not be used."""
    read = _read(reading.node)
    known = _read(reading.reference) if reading.reference else set()
    parameters, theirs = _parameters(reading.node), _parameters(reading.reference)
    foreign = sorted((read & reading.variables) - (known - set(theirs)) - set(parameters))
    is_method = reading.reference is not None and theirs[:1] == ["self"]
    for own, wanted in [*zip(parameters, theirs)][is_method:]:
        if own not in read and wanted in known:
            text = _("{place}: `{name}` does not use its argument `{argument}`")
            explains: tuple[Kind, ...] = ("value",)
            if foreign:
                explains = ("value", "raised")
                text = _(
                    "{place}: `{name}` does not use its argument `{argument}`; it uses the file's "
                    "variable `{variable}`"
                )
            values = {"name": reading.name, "argument": own, "variable": "".join(foreign[:1])}
            yield Hint(text.format(place=reading.place(reading.node), **values), explains)


RULES = (
    _never_returns,
    _returns_in_the_loop,
    _hides_a_function,
    _calls_itself,
    _throws_away,
    _ignores_an_argument,
)


# ------------------------------------------------------------------------------ reading


def _inside(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function, without those of functions and classes in it."""
    waiting: deque[ast.AST] = deque(function.body)
    while waiting:
        node = waiting.popleft()
        yield node
        if not isinstance(node, (*DEFINITIONS, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(node))


def _gives(function: ast.FunctionDef) -> bool:
    """Whether it returns or yields a value somewhere, or raises only."""
    for node in _inside(function):
        if isinstance(node, (ast.Yield, ast.YieldFrom, ast.Raise)):
            return True
        if isinstance(node, ast.Return) and node.value is not None:
            return not (isinstance(node.value, ast.Constant) and node.value.value is None)
    return False


def _returns_last(function: ast.FunctionDef | None) -> bool:
    return function is not None and isinstance(function.body[-1], ast.Return)


def _calls(function: ast.FunctionDef) -> list[ast.Call]:
    return [node for node in _inside(function) if isinstance(node, ast.Call)]


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _bound(node: ast.AST) -> set[str]:
    """The names that an assignment or a loop binds."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    names = (part for target in targets if target is not None for part in ast.walk(target))
    return {n.id for n in names if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _read(function: ast.FunctionDef) -> set[str]:
    """The names that a function reads, in functions inside it too."""
    return {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def _parameters(function: ast.FunctionDef | None) -> list[str]:
    if function is None:
        return []
    return [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
