"""The bank of typical mistakes of an assignment: wrong versions of single stubs.

A bank is a Python file that is read, never run. It holds two kinds of entries:

    @misconception("softmax", "The sum runs down the columns. Sum each row: dim=1.")
    def softmax_over_columns(X): ...        # a wrong version of the stub, under its own name

    patch("unit_normal", "net", "W is drawn with standard deviation 1.", "W = torch.randn(784, 10)")

The sentence is what a student reads whose program behaves like the wrong version. Trusted side
only: neither a bank nor a sentence enters a sandbox; the `source` of one entry does, appended to
the solution, when the bank is used to prove the checks.
"""

from __future__ import annotations

import ast
import keyword
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from grader.errors import AssignmentError, UsageError

_T = TypeVar("_T")
_Definition = ast.FunctionDef | ast.ClassDef
_FIRST_LINES = """\"\"\"Typical wrong versions of stubs, each with the sentence a student reads.

Read by grader.misconceptions.load, never run. An entry is appended to the solution.
\"\"\"

from grader.misconceptions import misconception, patch
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


def misconception(stub: str, sentence: str) -> Callable[[_T], _T]:
    """Mark a function or class as a wrong version of a stub (for editors; `load` reads it)."""
    return lambda definition: definition


def patch(name: str, stub: str, sentence: str, source: str) -> None:
    """Note a wrong version that is statements instead of a definition (`load` reads it)."""


def load(path: Path) -> list[Misconception]:
    """Read a bank, in the order of the file.

    Raises AssignmentError, with the line, for anything that is not an entry, an import or a
    docstring, and for a name that is used twice.
    """
    text = path.read_text(encoding="utf-8")
    try:
        statements = ast.parse(text).body
    except SyntaxError as error:
        raise AssignmentError(f"{path}, line {error.lineno}: {error.msg}") from error
    found: dict[str, Misconception] = {}
    for statement in statements:
        if isinstance(statement, ast.Import | ast.ImportFrom) or _is_docstring(statement):
            continue
        try:
            entry = _entry(statement, text)
            if entry.name in found:
                raise ValueError(f"there are two misconceptions named {entry.name!r}")
        except ValueError as error:
            raise AssignmentError(f"{path}, line {statement.lineno}: {error}") from error
        found[entry.name] = entry
    return list(found.values())


def add(bank: Path, stub: str, source: str, name: str, sentence: str) -> None:
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
        load(beside)
    except AssignmentError as error:
        beside.unlink()
        raise UsageError(f"Nothing was added. {error}") from error
    beside.replace(bank)


def _entry(statement: ast.stmt, text: str) -> Misconception:
    if isinstance(statement, _Definition) and len(statement.decorator_list) == 1:
        stub, sentence = _strings(statement.decorator_list[0], "misconception", 2)
        return Misconception(statement.name, stub, sentence, _in_place(statement, stub, text))
    if isinstance(statement, ast.Expr):
        name, stub, sentence, source = _strings(statement.value, "patch", 4)
        try:
            ast.parse(source)
        except SyntaxError as error:
            raise ValueError(f"the source of {name!r} is not valid Python: {error.msg}") from error
        return Misconception(name, stub, sentence, source.rstrip("\n") + "\n")
    raise ValueError("expected a definition with one @misconception(...), or patch(...)")


def _strings(call: ast.expr, function: str, count: int) -> list[str]:
    """Return the arguments of `function("…", "…")`, which must be that many plain strings."""
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == function:
        values = [getattr(argument, "value", None) for argument in call.args]
        strings = [value for value in values if isinstance(value, str) and value.strip()]
        if not call.keywords and len(strings) == len(values) == count:
            return strings
    raise ValueError(f"expected {function}(...) with {count} plain strings")


def _in_place(definition: _Definition, stub: str, text: str) -> str:
    """Return the text of a definition without its decorator and under the stub's name."""
    lines = text.split("\n")[definition.lineno - 1 : definition.end_lineno]
    source = "\n".join(lines)
    if "." in stub:  # a method: define the function, then put it into its class
        return f"{source}\n\n\n{stub} = {definition.name}\n"
    return _renamed(source, stub)


def _renamed(source: str, name: str) -> str:
    return re.sub(r"^(def|class)(\s+)\w+", rf"\1\2{name}", source.strip(), count=1) + "\n"


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
