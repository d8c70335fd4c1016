"""What students write in a marked solution: the stubs, as assignment.toml names them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

_BEGIN = re.compile(r"^\s*#+\s*BEGIN (SOLUTION|SOLUTION NO PROMPT|HIDDEN TESTS)\s*$")
_END = re.compile(r"^\s*#+\s*END (SOLUTION|HIDDEN TESTS)\s*$")
_VALUE = re.compile(r"^(\w+)\b.*# SOLUTION$")
_PROMPTED = re.compile(r"^\s*(\w+) = \.\.\.\s*(#.*)?$")  # in a prompt
_PROMPT = re.compile(r"\s*(\"\"\"|''') # (BEGIN|END) PROMPT$")


@dataclass(frozen=True)
class Stub:
    """A stub. name: of a method, "Class.name". about: the first line of its docstring."""

    name: str
    signature: str
    about: str = ""

    @property
    def owner(self) -> str:
        """The name at the top level that it is found under."""
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Written:
    """What students write in a marked source. lines: those of the solution, from 1 on; what they
    bind is not given to anybody. concealed: those of hidden tests, which nobody has."""

    stubs: list[Stub]
    lines: frozenset[int]
    concealed: frozenset[int]
    lost: list[str]


def written(source: str) -> Written:
    """The stubs of a marked source. A class of which __init__ or another special method is to be
    written is one stub, otherwise each of its methods. lost: what of a signature no contract can
    say."""
    lines = source.split("\n")
    inside: set[int] = set()
    concealed: set[int] = set()
    asked: set[int] = set()
    values: list[tuple[int, str]] = []
    opened, in_prompt = "", False
    for number, line in enumerate(lines, start=1):
        begin = _BEGIN.match(line)
        if begin:
            opened = begin[1]
            if begin[1] == "SOLUTION":
                asked.add(number)
        prompt = _PROMPT.match(line)
        in_prompt = prompt[2] == "BEGIN" if prompt else in_prompt
        value = _VALUE.match(line) or (in_prompt and _PROMPTED.match(line))
        if value:
            values.append((number, value[1]))
        if opened or value:
            (concealed if opened == "HIDDEN TESTS" else inside).add(number)
        opened = "" if _END.match(line) else opened
    found: dict[str, tuple[int, Stub]] = {}
    lost: list[str] = []
    for node in ast.parse(source).body:
        for stub in _stubs_of(node, asked, lost):
            found.setdefault(stub.name, (node.lineno, stub))
    classes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    for number, name in values:
        if any(node.lineno <= number <= (node.end_lineno or 0) for node in classes):
            continue
        found.setdefault(name, (number, Stub(name, name)))
    ordered = sorted(found.values(), key=lambda each: each[0])
    return Written([stub for _, stub in ordered], frozenset(inside), frozenset(concealed), lost)


def _stubs_of(node: ast.stmt, asked: set[int], lost: list[str]) -> Iterator[Stub]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _has(node, asked):
        yield _stub(node.name, node, lost)
    elif isinstance(node, ast.ClassDef) and _has(node, asked):
        methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
        own = [each for each in methods if _has(each, asked)]
        if any(method.name.startswith("__") for method in own):
            made = next((each for each in methods if each.name == "__init__"), None)
            yield _stub(node.name, made, lost, ast.get_docstring(node) or "")
        else:
            yield from (_stub(f"{node.name}.{method.name}", method, lost) for method in own)


def _has(node: ast.stmt, lines: set[int]) -> bool:
    return any(node.lineno < line <= (node.end_lineno or 0) for line in lines)


def _stub(
    name: str,
    function: ast.FunctionDef | ast.AsyncFunctionDef | None,
    lost: list[str],
    about: str = "",
) -> Stub:
    """A stub by its definition; of a class, by its __init__."""
    if function is None:
        return Stub(name, f"{name}()", about.partition("\n")[0])
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    pairs = [*zip(positional, [*defaults, *arguments.defaults])]
    static = any(ast.unparse(each) == "staticmethod" for each in function.decorator_list)
    if (function.name == "__init__" or "." in name) and not static:
        pairs = pairs[1:]
    pairs += list(zip(arguments.kwonlyargs, arguments.kw_defaults))
    pairs.sort(key=lambda pair: pair[1] is not None)  # those with a default stand last
    if arguments.vararg or arguments.kwarg:
        lost.append(f"{name} takes any number of arguments, which a signature cannot say")
    texts = [argument.arg + _default(value) for argument, value in pairs]
    about = about or ast.get_docstring(function) or ""
    return Stub(name, f"{name}({', '.join(texts)})", about.partition("\n")[0])


def _default(value: ast.expr | None) -> str:
    if value is None:
        return ""
    text = ast.unparse(value)
    return "=None" if re.search(r"[()\n]", text) else f"={text}"  # that it has one is what counts
