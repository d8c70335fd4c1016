"""The bank of typical mistakes of an assignment: wrong versions of single stubs.

A bank is a Python file that is read, never run. It holds four kinds of entries:

    @edit("sgd", "The step goes uphill. Subtract the gradient.", ("param -=", "param +="))
    def sgd_adding(): ...                   # the solution's own stub with other text in places

    @misconception("softmax", "The exponential is missing: apply torch.exp first.")
    def softmax_without_exp(X):             # a wrong version of the stub, under its own name
        return X / X.sum(1, keepdim=True)

    @also("softmax_without_exp")            # the same mistake, written so that other values differ
    def softmax_of_shifted_without_exp(X): ...

    patch("unit_normal", "net", "W is drawn with standard deviation 1.", "W = torch.randn(784, 10)")

`needs=` and `lacks=` of the first two are regular expressions for words that the student's text has
to have, or may not have, where the sentence speaks of what is written there.

The sentence is what a student reads whose program behaves like the wrong version. Trusted side
only: neither a bank nor a sentence enters a sandbox; the `source` of one entry does, appended to
the solution, when the bank is used to prove the checks.
"""

from __future__ import annotations

import ast
import keyword
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeGuard, TypeVar

from grader.course import source as sources
from grader.course.assignment import Assignment, parsed
from grader.course.strict_toml import near_word
from grader.errors import AssignmentError, UsageError
from grader.sandbox.inside.definitions import first_line

_T = TypeVar("_T")
MARKS = ("misconception", "edit", "also")  # of a definition
_Definition = ast.FunctionDef | ast.ClassDef
_FIRST_LINES = """\"\"\"Typical wrong versions of stubs, each with the sentence a student reads.

Read by grader.course.misconceptions.load, never run. An entry is appended to the solution.
\"\"\"

from grader.course.misconceptions import misconception
"""


@dataclass(frozen=True)
class Misconception:
    """One wrong version of a stub."""

    name: str
    """Its name, unique in the bank."""
    stub: str
    """The stub that it gets wrong, such as "softmax"."""
    sentence: str
    """What a student with this mistake should read."""
    source: str
    """Python text that, appended to the solution, makes the stub the wrong version."""
    version_of: str = ""
    """The name of the entry whose mistake this is, too; "" for an entry that has its own."""
    needs: str = ""
    """A regular expression that the text of a stub must match to have this mistake."""
    lacks: str = ""
    """One that it must not match; "" matches nothing."""

    @property
    def mistake(self) -> str:
        """The name of the mistake, the same for all its versions."""
        return self.version_of or self.name

    def may_be_in(self, text: str) -> bool:
        """Whether the text of a stub, with the functions that it calls, can have this mistake."""
        has_words = re.search(self.needs, text) is not None
        return has_words and not (self.lacks and re.search(self.lacks, text))


def misconception(
    stub: str, sentence: str, *, needs: str = "", lacks: str = ""
) -> Callable[[_T], _T]:
    """Mark a function or class as a wrong version of a stub (for editors; `load` reads it)."""
    return lambda definition: definition


def also(name: str, *pairs: tuple[str, str]) -> Callable[[_T], _T]:
    """Mark a further version of an entry above, a definition or, with `pairs`, an edit of the
    solution (for editors; `load` reads it)."""
    return lambda definition: definition


def edit(
    stub: str, sentence: str, *pairs: tuple[str, str], needs: str = "", lacks: str = ""
) -> Callable[[_T], _T]:
    """Mark a name, `def name(): ...`, as the solution's stub with each (old, new) of `pairs`
    replaced, from left to right (for editors; `load` reads it).

    An `old` has to occur exactly once in the definition. The further lines of a pair start where
    the line starts that `old` is found in.
    """
    return lambda definition: definition


def patch(name: str, stub: str, sentence: str, source: str) -> None:
    """Note a wrong version that is statements instead of a definition (`load` reads it)."""


def of(assignment: Assignment) -> list[Misconception]:
    """The known mistakes of an assignment; none where it has no bank. Raises AssignmentError."""
    return load(assignment.bank, assignment.solution) if assignment.bank else []


def load(bank: Path, solution: Path) -> list[Misconception]:
    """Read a bank of wrong versions of a solution, in the order of the file.

    Raises AssignmentError, with the line, for anything that is not an entry, an import or a
    docstring, for a name that is used twice, for an edit that does not fit the solution, and for
    what is no regular expression.
    """
    text = bank.read_text("utf-8")
    definitions = _definitions(solution)
    found: dict[str, Misconception] = {}
    for statement in parsed(bank, text).body:
        if isinstance(statement, ast.Import | ast.ImportFrom) or _is_docstring(statement):
            continue
        try:
            entry = _entry(statement, text, definitions, found)
            if entry.name in found:
                raise ValueError(f"there are two misconceptions named {entry.name!r}")
        except ValueError as error:
            raise AssignmentError(f"{bank}, line {statement.lineno}: {error}") from error
        found[entry.name] = entry
    return list(found.values())


def add(bank: Path, solution: Path, stub: str, source: str, name: str, sentence: str) -> None:
    """Write a wrong version of a stub to the end of a bank, which is made if it is not there.

    source: its definition, a function (of a method: the method alone) or a class.

    Raises UsageError for a name that cannot be used or is used already, for an empty sentence, and
    for a source that is no such definition.
    """
    if not name.isidentifier() or keyword.iskeyword(name):
        raise UsageError(f"{name!r} cannot name a misconception: use letters, digits and _.")
    if not sentence.strip():
        raise UsageError("The sentence is empty: write what a student with this mistake reads.")
    words = textwrap.wrap(" ".join(sentence.split()), 90)
    quoted = [ast.unparse(ast.Constant(f"{line} ")) for line in words[:-1]]
    quoted.append(ast.unparse(ast.Constant(words[-1])))
    decorator = "\n    ".join(["@misconception(", f'"{stub}",', *quoted]) + ",\n)"
    before = bank.read_text("utf-8") if bank.is_file() else _FIRST_LINES
    beside = bank.with_name(f"{bank.name}.part")
    beside.write_text(f"{before.rstrip()}\n\n\n{decorator}\n{_renamed(source, name)}", "utf-8")
    try:
        load(beside, solution)
    except AssignmentError as error:
        beside.unlink()
        raise UsageError(f"Nothing was added. {error}") from error
    beside.replace(bank)


def _definitions(solution: Path) -> dict[str, str]:
    """The text of each function, class and method ("Class.method") of a solution."""
    source = sources.read(solution)
    text, found = source.python, {}
    for node in source.tree().body:
        if isinstance(node, _Definition):
            found[node.name] = _text_from(first_line(node), node, text)
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.FunctionDef):
                    name = f"{node.name}.{part.name}"
                    found[name] = _text_from(first_line(part), part, text)
    return found


def _text_from(first: int, definition: _Definition, text: str) -> str:
    """The lines of a definition in a text from the `first` one on, at the margin."""
    lines = text.split("\n")[first - 1 : definition.end_lineno]
    return textwrap.dedent("\n".join(lines))


def _entry(
    statement: ast.stmt, text: str, definitions: dict[str, str], above: dict[str, Misconception]
) -> Misconception:
    """Read one statement of a bank, in which `above` stands before it. Raises ValueError."""
    if isinstance(statement, _Definition) and len(statement.decorator_list) == 1:
        return _marked(statement, statement.decorator_list[0], text, definitions, above)
    if isinstance(statement, ast.Expr):
        name, stub, sentence, source = _strings(statement.value, "patch", 4)
        _require_python(source, name)
        return Misconception(name, stub, sentence, source.rstrip("\n") + "\n")
    raise ValueError(
        "expected a definition with @edit(...), @misconception(...) or @also(...), or patch(...)"
    )


def _marked(
    definition: _Definition,
    mark: ast.expr,
    text: str,
    definitions: dict[str, str],
    above: dict[str, Misconception],
) -> Misconception:
    """The entry of a definition with one decorator. Raises ValueError."""
    name = definition.name
    pairs: list[list[str]] = []
    function = getattr(getattr(mark, "func", mark), "id", "")
    if function not in MARKS:
        near = near_word(function, MARKS)
        raise ValueError(f"{name}: there is no mark @{function or ast.unparse(mark)}{near}")
    if _is_call(mark, "also"):
        (first,), pairs = _strings_and_pairs(mark, "also", 1)
        if first not in above:
            raise ValueError(f"{name}: there is no entry {first!r} above it")
        entry = replace(above[first], name=name, version_of=above[first].mistake)
    else:
        conditions = _conditions(mark)
        if _is_call(mark, "edit"):
            (stub, sentence), pairs = _strings_and_pairs(mark, "edit", 2)
        else:
            stub, sentence = _strings(mark, "misconception", 2)
        entry = Misconception(name, stub, sentence, "", **conditions)
    if pairs and [ast.unparse(line) for line in definition.body] != ["..."]:
        raise ValueError(f"an edit reads no body: write `def {name}(): ...`")
    if pairs:
        source = _edited(name, entry.stub, pairs, definitions)
    else:
        source = _text_from(definition.lineno, definition, text)  # without the mark
    return replace(entry, source=_in_place(source, name, entry.stub))


def _conditions(mark: ast.expr) -> dict[str, str]:
    """Take the regular expressions `needs=` and `lacks=` out of a call. Raises ValueError."""
    keywords = mark.keywords if isinstance(mark, ast.Call) else []
    found = {}
    for part in [part for part in keywords if part.arg in ("needs", "lacks")]:
        (pattern,) = _plain([part.value]) or [""]
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{part.arg}={pattern!r} is no regular expression: {error}") from error
        if not pattern:
            raise ValueError(f"expected a plain string in {part.arg}=")
        found[str(part.arg)] = pattern
        keywords.remove(part)
    return found


def _is_call(node: ast.expr, function: str) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == function


def _strings(call: ast.expr, function: str, count: int) -> list[str]:
    """Return the arguments of `function("…", "…")`, which must be that many plain strings."""
    if _is_call(call, function) and not call.keywords:
        strings = _plain(call.args)
        if len(strings) == count and all(map(str.strip, strings)):
            return strings
    raise ValueError(f"expected {function}(...) with {count} plain strings")


def _strings_and_pairs(
    call: ast.Call, function: str, count: int
) -> tuple[list[str], list[list[str]]]:
    """Return the strings and the pairs of `function("…", …, ("…", "…"), …)`."""
    texts = _plain(call.args[:count])
    pairs = [_plain(getattr(pair, "elts", [])) for pair in call.args[count:]]
    complete = len(texts) == count and not call.keywords and {len(pair) for pair in pairs} <= {2}
    if (
        complete
        and (pairs or function == "also")
        and all(text.strip() for text in [*texts, *(old for old, _ in pairs)])
    ):
        return texts, pairs
    strings = "a plain string" if count == 1 else "two plain strings"
    raise ValueError(f"expected {function}(...) with {strings} and pairs of them, (old, new)")


def _plain(nodes: list[ast.expr]) -> list[str]:
    """The values of expressions that are all plain strings; none if one is not."""
    values = [getattr(node, "value", None) for node in nodes]
    strings = [value for value in values if isinstance(value, str)]
    return strings if len(strings) == len(values) else []


def _edited(name: str, stub: str, pairs: list[list[str]], definitions: dict[str, str]) -> str:
    """Return the solution's definition of a stub with each (old, new) replaced."""
    if stub not in definitions:
        near = near_word(stub, definitions)
        raise ValueError(f"{name}: the solution has no definition of {stub}{near}")
    source = definitions[stub]
    for old, new in pairs:
        places = list(_replaced(source, old, new))
        if len(places) != 1:
            raise ValueError(
                f"{name}: {old!r} has to be once in the solution's {stub}, "
                f"and is there {len(places)} times, its docstring counted"
            )
        source = places[0]
    _require_python(source, name)
    return source


def _replaced(source: str, old: str, new: str) -> Iterator[str]:
    """For each `old` in a source: the source with this one replaced."""
    for found in re.finditer(re.escape(old.partition("\n")[0]), source):
        start = found.start()
        line = source[source.rfind("\n", 0, start) + 1 :]
        margin = line[: len(line) - len(line.lstrip(" "))]
        before, after = (re.sub(r"\n(?=.)", f"\n{margin}", text) for text in (old, new))
        if source.startswith(before, start):
            yield source[:start] + after + source[start + len(before) :]


def _require_python(source: str, name: str) -> None:
    try:
        ast.parse(source)
    except SyntaxError as error:
        raise ValueError(f"the source of {name!r} is not valid Python: {error.msg}") from error


def _in_place(source: str, name: str, stub: str) -> str:
    """Return a definition under the stub's name; a method is made a function `name`, which is then
    put into its class."""
    if "." in stub:
        return f"{_renamed(source, name)}\n\n{stub} = {name}\n"
    return _renamed(source, stub)


def _renamed(source: str, name: str) -> str:
    """A definition, whatever decorators it has, with another name."""
    pattern = re.compile(r"^(def|class)(\s+)\w+", re.MULTILINE)
    return pattern.sub(rf"\1\2{name}", source.strip(), count=1) + "\n"


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
