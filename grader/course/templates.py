"""Cuts the template that students get out of the one source of an assignment.

    python -m grader.course.templates       what `make templates` runs in the course's folder

The source is a py:percent file with two kinds of marks, both of them comments:

    ### BEGIN SOLUTION          any number of "#"; stands alone on its line, inside a function
    return X_exp / partition
    ### END SOLUTION

    W = torch.zeros(2)  # SOLUTION

A block becomes `# YOUR CODE HERE` and a `raise NotImplementedError` that names the stub, the
marked assignment becomes `W = ...  # YOUR CODE HERE`. Everything else stays as it is, so a mark
that is misspelt or stands in the wrong place would give the solution away: it is an error.
"""

from __future__ import annotations

import ast
import io
import json
import re
import sys
import textwrap
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from grader.course import assignment as assignments
from grader.course.extras import require
from grader.course.strict_toml import tomllib
from grader.errors import AssignmentError, UsageError
from grader.i18n.words import _
from grader.sandbox.inside.cells import Cell
from grader.sandbox.inside.definitions import Index
from grader.sandbox.inside.uses import bound_in

_PLACEHOLDER = "# YOUR CODE HERE"
_INLINE = re.compile(r"#+\s*SOLUTION")
_BLOCK = re.compile(r"#+\s*(BEGIN|END) SOLUTION")
_SUSPECT = re.compile(
    r".*\bSOLUTIONS?\b.*|(?i:#+\s*solution\W*)|(?i:#+\s*(begin|end)[\s_-]*solutions?\b.*)"
)

# Of the cell under a stub. Each imports for itself: a student may call anything `grader`.
_CHECK = """\
# Checks what this notebook holds now. README.md says how to install the grader.
import grader

grader.check("{stub}")"""

_PROSE = re.compile(r"(?<=^# %% \[markdown\]\n)(?:#.*\n)+", re.MULTILINE)  # of a markdown cell


def cut(source: str) -> str:
    """Return the template of a solution; AssignmentError names the line of a mark that is wrong."""
    tree = _parse(source, "the solution")
    marks = _marks(source)
    template: list[str] = []
    begin = 0  # the line of the open BEGIN SOLUTION, 0 outside of blocks
    for number, line in enumerate(io.StringIO(source), start=1):
        mark = marks.get(number)
        if mark == "BEGIN":
            if begin:
                raise _error(number, f"BEGIN SOLUTION inside the block that line {begin} opened")
            begin = number
            indent = line[: len(line) - len(line.lstrip())]
            stub = _enclosing(tree, number, len(indent))
            missing = f'raise NotImplementedError("{stub}: your code is still missing")'
            template.append(f"{indent}{_PLACEHOLDER}\n{indent}{missing}\n")
        elif mark == "END":
            if not begin:
                raise _error(number, "END SOLUTION without a BEGIN SOLUTION before it")
            begin = 0
        elif begin and mark:
            raise _error(number, f"a SOLUTION mark inside the block that line {begin} opened")
        elif not begin:
            template.append(_blanked(tree, line, number) if mark == "INLINE" else line)
    if begin:
        raise _error(begin, "BEGIN SOLUTION without an END SOLUTION after it")
    result = "".join(template)
    _parse(result, "the template cut from it")
    return result


def written_parts(source: str) -> list[str]:
    """What students have to write: the text of each block between the marks, at the margin."""
    lines, marks = source.splitlines(), _marks(source)
    begins = [number for number, mark in sorted(marks.items()) if mark == "BEGIN"]
    ends = [number for number, mark in sorted(marks.items()) if mark == "END"]
    blocks = (lines[begin : end - 1] for begin, end in zip(begins, ends))
    return [textwrap.dedent("\n".join(block)).strip() for block in blocks]


def prose(template: str) -> list[str]:
    """The paragraphs of the markdown cells of a template."""
    return [part for cell in _PROSE.findall(template) for part in paragraphs(_uncommented(cell))]


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a Markdown text, tables and lists among them."""
    return [part for part in text.strip().split("\n\n") if part.strip()]


def translated(template: str) -> str:
    """The template with its markdown cells in the language of the moment; its code as it is."""

    def cell(match: re.Match[str]) -> str:
        lines = translated_text(_uncommented(match[0])).split("\n")
        return "".join(f"# {line}".rstrip() + "\n" for line in lines)

    return _PROSE.sub(cell, template)


def translated_text(text: str) -> str:
    """A Markdown text, paragraph by paragraph in the language of the moment."""
    return "\n\n".join(map(_, paragraphs(text)))


def _uncommented(cell: str) -> str:
    return "\n".join(line[2:] for line in cell.splitlines())


def to_notebook(source: str, stubs: Iterable[str] = ()) -> str:
    """Return a py:percent text as the JSON text of a notebook; equal text gives equal bytes.

    stubs: names of those under which a cell runs their public checks. Raises UsageError without
    the packages for authors.
    """
    require("jupytext", "author")
    import jupytext
    import nbformat

    notebook = jupytext.reads(source, fmt="py:percent")
    notebook.cells = list(_with_checks(notebook.cells, list(stubs)))
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{number:02d}"
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    nbformat.validate(notebook)
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def _with_checks(cells: Iterable[Any], stubs: list[str]) -> Iterator[Any]:
    """The cells of a notebook; one in which stubs are to be written is followed by their checks."""
    import nbformat

    for cell in cells:
        yield cell
        if cell.cell_type == "code" and _PLACEHOLDER in cell.source:
            source = Cell("template", cell.source)
            found = {*Index([source]).definitions, *bound_in(ast.parse(cell.source).body)}
            for stub in filter(found.__contains__, stubs):
                yield nbformat.v4.new_code_cell(_CHECK.format(stub=stub))


def public_part(name: str, toml: str) -> str:
    """Return what of a private assignment.toml the public checks need, as TOML again."""
    table = tomllib.loads(toml)
    lines = [
        "# What the public checks need to know. Cut from the private file by `make templates`.",
        f"name = {_value(name)}",
        *_entries(table, ("title", "dataset", "helpers")),
    ]
    for section in ("limits", "spellings", "names"):
        if section in table:
            lines += ["", f"[{section}]", *_entries(table[section], table[section])]
    for stub in table["stub"]:
        lines += ["", "[[stub]]", *_entries(stub, ("signature", "points", "aliases", "forbidden"))]
    return "\n".join(lines) + "\n"


def _entries(table: dict[str, Any], keys: Iterable[str]) -> list[str]:
    return [f"{key} = {_value(table[key])}" for key in keys if key in table]


def _value(value: Any) -> str:
    """Strings, numbers and lists are written alike in JSON and in TOML."""
    return json.dumps(value, ensure_ascii=False)


def write(solution: Path, folder: Path) -> list[Path]:
    """Write what is cut from an assignment's private files: the template as <folder>/<name>.py and
    .ipynb, and the public assignment.toml; name is the folder's. AssignmentError for a mark or an
    assignment.toml that is wrong."""
    contract, name = solution.with_name("assignment.toml"), folder.name
    stubs = [stub.name for stub in assignments.verify(contract)]
    try:
        template = cut(solution.read_text(encoding="utf-8"))
    except AssignmentError as error:
        raise AssignmentError(f"{solution}, {error}") from None
    texts = {
        folder / f"{name}.py": template,
        folder / f"{name}.ipynb": to_notebook(template, stubs),
        folder / "assignment.toml": public_part(name, contract.read_text(encoding="utf-8")),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(texts)


def _marks(source: str) -> dict[int, str]:
    """Map line numbers to BEGIN, END or INLINE; read from comments only, never from strings."""
    marks = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        number, alone = token.start[0], not token.line[: token.start[1]].strip()
        comment = token.string.rstrip()
        block = _BLOCK.fullmatch(comment)
        if block and alone:
            marks[number] = block[1]
        elif _INLINE.fullmatch(comment) and not alone:
            marks[number] = "INLINE"
        elif _SUSPECT.fullmatch(comment):
            raise _error(number, f"{comment!r} is not a mark, or stands in the wrong place")
    return marks


def _blanked(tree: ast.Module, line: str, number: int) -> str:
    """Turn `name = value  # SOLUTION` into `name = ...  # YOUR CODE HERE`."""
    values = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.lineno == node.end_lineno == number
    ]
    if len(values) != 1 or values[0] is None:
        raise _error(number, "a SOLUTION mark belongs at the end of an assignment of one line")
    before = line.encode()[: values[0].col_offset].decode()  # the parser counts bytes
    return f"{before.rstrip('( ')} ...  {_PLACEHOLDER}\n"


def _enclosing(tree: ast.Module, number: int, column: int) -> str:
    """Return the dotted name of the innermost function around a line, as in Accumulator.add."""
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and node.lineno < number <= (node.end_lineno or 0)
        and node.col_offset < column
    ]
    around.sort(key=lambda node: node.lineno)
    if not around or isinstance(around[-1], ast.ClassDef):
        raise _error(number, "BEGIN SOLUTION must stand inside a function or a method")
    return ".".join(node.name for node in around)


def _parse(source: str, what: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise _error(error.lineno or 0, f"{what} is not valid Python: {error.msg}") from error


def _error(number: int, what: str) -> AssignmentError:
    return AssignmentError(f"line {number}: {what}")


if __name__ == "__main__":
    try:
        for name in assignments.available(Path()):
            write(Path("solutions", name, "solution.py"), Path("assignments", name))
    except UsageError as error:
        sys.exit(f"error: {error}")
