"""Static reading of a stub that failed: what is suspicious in its text, said in a sentence.

A hint is a guess from the source, never a verdict: it is added to the message of a check that
failed by no known mistake, and in a way that the hint can explain. Nothing is run here.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import difflib
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.checking.outcomes import NONE, Kind
from grader.course.assignment import Stub
from grader.errors import StudentError
from grader.i18n.words import _
from grader.sandbox.inside.definitions import DEFINITIONS, Definition, Index, dotted
from grader.submissions.definitions import definition_of, repeated

# Functions whose arguments are sizes or places, in Python and in PyTorch.
COUNTING = {"range", "arange", "reshape", "view", "expand", "repeat", "zeros", "ones", "empty"}
COUNTING |= {"new_zeros", "new_ones", "new_empty", "split", "chunk", "unfold", "narrow"}
SIGNS = {ast.Add: "+", ast.Sub: "-"}
BUILTINS = frozenset(vars(builtins))
MOST_SHOWN = 60  # characters of the student's code
MOST_NAMES = 2_000  # of a file, among which a misspelt one is looked for


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


def hints(
    own: Index, solution: Index, stubs: Iterable[Stub], spellings: Mapping[str, Sequence[str]]
) -> dict[str, list[Hint]]:
    """What in the text of each stub may be why it fails, by its name; the most telling first.

    solution: of the reference; empty where it is not at hand. spellings: other names of parameters.
    """
    variables = frozenset(_variables(own))
    said = {}
    for stub in stubs:
        readings = _readings(definition_of(own, stub), definition_of(solution, stub), variables)
        said[stub.name] = [hint for r in readings for rule in RULES for hint in rule(r)]
        said[stub.name] += _takes_unknown_names(own, stub, spellings)
        said[stub.name] += _defined_twice(own, stub)
    return said


def _defined_twice(own: Index, stub: Stub) -> Iterator[Hint]:
    """That another definition follows the one that may be meant."""
    places = [part.place_of(part.node) for part in repeated(own, stub)]
    if places:
        text = _("`{name}` is defined more than once: {places}; the last one counts")
        text = text.format(name=stub.name, places=", ".join(places))
        yield Hint(text, ("value", "raised", "nothing", "timeout"))


def explaining(found: Iterable[Hint], kind: Kind) -> Hint | None:
    """The first of these hints that can be why a check failed in this way."""
    return next((hint for hint in found if kind in hint.explains), None)


def cause_of(index: Index, error: StudentError) -> str:
    """What lies behind an exception of the student's code, as far as the file tells: a name that is
    misspelt, a function without return whose value is used; "" where nothing is known."""
    if error.kind == "NameError" and not error.loss:
        return _misspelt(index, error)
    if NONE not in error.message or not error.trace:
        return ""
    line = error.trace.rpartition("\n")[2].partition(": ")[2]
    for name in _used_calls(line):
        found = index.definitions.get(name)
        if found and isinstance(found.node, ast.FunctionDef) and not _gives(found.node):
            text = _("`{name}` returns nothing (None): end it with return ({place})")
            return text.format(name=name, place=found.place_of(found.node))
    return _(
        "something on the last line below is None: what a function without return gives, or the "
        "gradient of a tensor that is new or has seen no backward()"
    )


def _misspelt(index: Index, error: StudentError) -> str:
    """The name of the file that a name which is not defined looks like."""
    name = re.search(r"'(\w+)'", error.message)
    nodes = [node for _cell, tree in index.trees for node in ast.walk(tree)]
    known = {node.id for node in nodes if isinstance(node, ast.Name) and _is_bound(node)}
    known |= {node.arg for node in nodes if isinstance(node, ast.arg)} | set(index.definitions)
    likely = sorted(other for other in known if len(other) <= MOST_SHOWN)[:MOST_NAMES]
    near = difflib.get_close_matches(name[1], likely, 1, 0.75) if name else []
    text = _("`{name}` is not defined; did you mean `{near}`?")
    return text.format(name=name[1], near=near[0]) if name and near else ""


def _is_bound(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _used_calls(line: str) -> list[str]:
    """The names of the functions whose value a line of code uses, as far as it is one statement."""
    with contextlib.suppress(SyntaxError, ValueError):
        (statement,) = ast.parse(line if not line.endswith(":") else f"{line} pass").body
        thrown_away = statement.value if isinstance(statement, ast.Expr) else None
        calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
        return [_called(call) for call in calls if call is not thrown_away]
    return []


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


def _yields(reading: Reading) -> Iterator[Hint]:
    if reading.reference and _generates(reading.node) and not _generates(reading.reference):
        text = _(
            "{place}: `{name}` is a generator function: it has yield where the text asks for return"
        )
        text = text.format(place=reading.place(reading.node), name=reading.name)
        yield Hint(text, ("value", "raised", "nothing"), is_certain=True)


def _lacks_self(reading: Reading) -> Iterator[Hint]:
    """A method that leaves out its first parameter."""
    own, wanted = _parameters(reading.node), _parameters(reading.reference)
    is_static = any(dotted(mark) == "staticmethod" for mark in reading.node.decorator_list)
    if wanted[:1] == ["self"] and not own and not is_static:
        text = _("`{name}` has no parameter `self`: write def {name}(self, …) ({place})")
        text = text.format(name=reading.name, place=reading.place(reading.node))
        yield Hint(text, ("name", "uncalled"), is_certain=True)


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
    """Without a condition under which it does not: that would be meant."""
    own = [call for call in _calls(reading.node) if _called(call) == reading.name]
    chooses = any(isinstance(node, (ast.If, ast.IfExp)) for node in _inside(reading.node))
    if (
        own
        and not chooses
        and not (reading.reference and reading.name in map(_called, _calls(reading.reference)))
    ):
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


def _binds_anew(reading: Reading) -> Iterator[Hint]:
    """`for p in params: p = p - …` in a function that gives nothing back, so works in place: a new
    tensor under the name, and the parameter is as it was."""
    loops = [node for node in _inside(reading.node) if isinstance(node, ast.For)]
    for loop in loops if not _gives(reading.node) else ():
        for node in ast.walk(loop):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp):
                name, sign = ast.unparse(node.targets[0]), SIGNS.get(type(node.value.op))
                if sign and name in _bound(loop) and name == ast.unparse(node.value.left):
                    text = _(
                        "{place}: `{name} = {name} {sign} …` makes a new tensor and leaves the old "
                        "one as it was; to change it in place write `{name} {sign}= …`"
                    )
                    text = text.format(place=reading.place(node), name=name, sign=sign)
                    yield Hint(text, ("value", "raised"))


def _divides_whole(reading: Reading) -> Iterator[Hint]:
    """`//` where the solution has none, and no size or place is counted with it."""
    if reading.reference is None or any(map(_is_whole_division, ast.walk(reading.reference))):
        return
    counted = _counted(reading.node)
    for node in filter(_is_whole_division, _inside(reading.node)):
        if node in counted:
            continue
        text = _("{place}: `//` cuts off what is behind the point; use `/`")
        yield Hint(text.format(place=reading.place(node)), ("value",))


def _counted(function: ast.FunctionDef) -> set[ast.AST]:
    """What of a function gives sizes and places: the arguments of `range`, `reshape` and the like,
    slices, and the assignments of the names that stand there."""
    places: list[ast.AST] = []
    for node in ast.walk(function):
        if isinstance(node, ast.Slice):
            places.append(node)
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            places += node.args if name in COUNTING else []
    found = {part for place in places for part in ast.walk(place)}
    names = {part.id for part in found if isinstance(part, ast.Name)}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and names.intersection(_bound(node)):
            found.update(ast.walk(node.value))
    return found


def _is_whole_division(node: ast.AST) -> bool:
    return isinstance(getattr(node, "op", None), ast.FloorDiv)


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


def _takes_unknown_names(
    own: Index, stub: Stub, spellings: Mapping[str, Sequence[str]]
) -> Iterator[Hint]:
    """Arguments whose names tell nothing are bound by place: is the order that of the text?"""
    found = definition_of(own, stub)
    required = [name for name in stub.parameters if "=" not in name]
    if found is None or "." in stub.name or not isinstance(found.node, ast.FunctionDef):
        return
    known = {spelling.lower() for n in required for spelling in (n, *spellings.get(n, ()))}
    names = _parameters(found.node)[: len(required)]
    if len(required) > 1 and not known.intersection(map(str.lower, names)):
        text = _("{place}: it is called as {name}({required}), in this order; yours takes ({own})")
        values = {"required": ", ".join(required), "own": ", ".join(names)}
        text = text.format(place=found.place_of(found.node), name=stub.name, **values)
        yield Hint(text, ("value", "raised"))


RULES = (
    _yields,
    _never_returns,
    _lacks_self,
    _divides_whole,
    _returns_in_the_loop,
    _hides_a_function,
    _calls_itself,
    _throws_away,
    _binds_anew,
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


def _generates(function: ast.FunctionDef) -> bool:
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in _inside(function))


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
