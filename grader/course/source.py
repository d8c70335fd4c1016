"""The one source of an assignment: ``solution.py`` in py:percent form, or ``solution.ipynb``.

A notebook is read as the text that solution.py would be, so both are cut, proved and translated
alike. Its outputs, execution counts, cell ids and metadata are not read, but for what nbgrader
notes in the last.
"""

from __future__ import annotations

import ast
import io
import json
import tokenize
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.course.cutting import WrongLine, cut, is_likeness
from grader.course.magics import commented, python_in
from grader.errors import AssignmentError, UsageError

if TYPE_CHECKING:
    from nbformat import NotebookNode

NAMES = ("solution.py", "solution.ipynb")
ANSWER = "*Write your answer here.*"  # where a model answer stood
_HEADS = {"code": "# %%", "markdown": "# %% [markdown]", "raw": "# %% [raw]"}
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Source:
    """A source.

    text: py:percent; what only IPython understands is a comment. python: the same lines with what
    of that is Python. code: the code cells of a notebook as they are. places: of each line of a
    notebook's text, the cell and the line there.
    """

    path: Path
    text: str
    python: str
    code: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def place(self, line: int) -> str:
        """How its author finds a line of the text: "line 7", "cell 4, line 2"."""
        if not self.places:
            return f"line {line}"
        return self.places[min(max(line, 1), len(self.places)) - 1]

    @property
    def digested(self) -> bytes:
        """What of it decides about records."""
        return self.text.encode()

    @property
    def form(self) -> str:
        """How the name of a file with it ends: "py" or "ipynb"."""
        return self.path.suffix[1:]

    def tree(self) -> ast.Module:
        """Its Python. Raises AssignmentError, with file and place."""
        try:
            return ast.parse(self.python)
        except SyntaxError as error:
            place = self.place(error.lineno or 1)
            raise AssignmentError(f"{self.path}, {place}: {error.msg}") from None

    def template(self) -> str:
        """The template cut from it. Raises AssignmentError, with file and place."""
        try:
            return cut(self.text)
        except WrongLine as error:
            said = error.said(self.place(error.line), self.place(error.opened))
            raise AssignmentError(f"{self.path}, {said}") from None

    def program(self, *more: str) -> str:
        """The text of a submission with this program, which has `form`, and more code behind it."""
        if self.form == "py":
            return "\n\n".join([self.text, *more])
        cells: list[dict[str, Any]] = [
            {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
            | {"source": source}
            for source in (*self.code, *more)
        ]
        notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        return json.dumps(notebook, ensure_ascii=False)


def find(folder: Path) -> Path:
    """The source in the private folder of an assignment; solution.py where there is none. Raises
    AssignmentError where there are two."""
    script, notebook = (folder / name for name in NAMES)
    if script.is_file() and notebook.is_file():
        older, newer = sorted((script, notebook), key=lambda file: file.stat().st_mtime)
        raise AssignmentError(
            f"{folder} has {script.name} and {notebook.name}, and an assignment has one source. "
            f"{newer.name} was saved last: if that is the one you work in, delete {older.name}; "
            f"else delete {newer.name}."
        )
    return notebook if notebook.is_file() else script


def read(path: Path) -> Source:
    """The source in a file. Raises AssignmentError for what is none, with the cell where one is
    wrong."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise AssignmentError(
            f"{path} is not in UTF-8 (byte {error.start}): save it again as UTF-8."
        ) from None
    if path.suffix != ".ipynb":
        return Source(path, text, text)
    return _of_cells(path, _notebook(path, text).cells)


def _notebook(path: Path, text: str) -> NotebookNode:
    import nbformat

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of ids, which are not read
            notebook = nbformat.reads(text, as_version=4)
    except Exception as error:  # nbformat raises what it likes
        reason = " ".join(str(error).split())[:200]
        raise AssignmentError(f"{path} is not a notebook that can be read: {reason}") from None
    language = str(notebook.metadata.get("kernelspec", {}).get("language") or "python")
    if language.lower() != "python":
        raise AssignmentError(f"{path} is written in {language}: it has to be Python.")
    return notebook


@dataclass(frozen=True)
class _Part:
    """A cell as text. lines: of the cell, for each line of the text."""

    number: int
    head: str
    text: str
    python: str
    lines: tuple[int, ...]


def _of_cells(path: Path, cells: Iterable[Any]) -> Source:
    parts = [
        _part(path, number, cell)
        for number, cell in enumerate(cells, start=1)
        if cell.source.strip()
    ]
    text, python, places = [], [], []
    for before, part in pairwise([None, *parts]):
        if part is None:
            continue
        gap = 0 if before is None else _gap(before.python, part.python)
        text += [*[""] * gap, part.head, part.text]
        python += [*[""] * gap, part.head, part.python]
        lines = [*[1] * (gap + 1), *part.lines]
        places += [f"cell {part.number}, line {line}" for line in lines]
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    whole, plain = ("\n".join([*lines, ""]) for lines in (text, python))
    return Source(path, whole, plain, tuple(code), tuple(places))


def _gap(before: str, after: str) -> int:
    """The empty lines between two cells: two beside a definition at the top level (PEP 8)."""
    first, last = (_statements(each) for each in (after, before))
    beside = (*first[:1], *last[-1:])
    return 2 if any(isinstance(node, _DEFINITIONS) for node in beside) else 1


def _statements(python: str) -> list[ast.stmt]:
    try:
        return ast.parse(python).body
    except SyntaxError:
        return []


def _part(path: Path, number: int, cell: Any) -> _Part:
    head, source = _HEADS[cell.cell_type], cell.source.rstrip()
    said = cell.metadata.get("nbgrader")
    said = said if isinstance(said, dict) else {}
    if cell.cell_type == "code":
        lines = tuple(range(1, source.count("\n") + 2))
        if said.get("solution"):
            source, lines = _whole_marked(path, number, source)
        return _Part(number, head, commented(source), python_in(source), lines)
    if cell.get("attachments"):
        raise AssignmentError(
            f"{path}, cell {number}: a picture that was pasted into a text is not in the template. "
            "Save it as a file beside the README of the assignment, and show that: ![](file.png)."
        )
    if said.get("solution"):
        source = ANSWER
    if said.get("task"):
        source = source.split("=== BEGIN MARK SCHEME ===")[0].rstrip()
    text = "\n".join(f"# {line}".rstrip() for line in source.split("\n"))
    return _Part(number, head, text, text, tuple(range(1, source.count("\n") + 2)))


def _whole_marked(path: Path, number: int, source: str) -> tuple[str, tuple[int, ...]]:
    """A cell that nbgrader calls a solution, with marks: without any, students write all of it. And
    the line of the cell for each line."""
    from grader.course.importing.draft import Draft, Piece
    from grader.course.importing.marking import is_marked, mark
    from grader.course.importing.notebook import Cell

    lines = source.split("\n")
    if is_marked(source) or any(map(is_likeness, _comments(source))):
        return source, tuple(range(1, len(lines) + 1))
    cell = Cell(number, "", "code", python_in(source))
    try:
        marked = mark(Piece(cell, cell.source, written=True), Draft(), set())
    except UsageError as error:
        raise AssignmentError(f"{path}, {error}") from None
    found, line = [], 1
    for text in marked.split("\n"):
        if text in lines[line - 1 :]:
            line = lines.index(text, line - 1) + 1
        found.append(line)
    return marked, tuple(found)


def _comments(source: str) -> list[str]:
    """The comments of a cell; none where Python cannot read it, which is said elsewhere."""
    try:
        tokens = [*tokenize.generate_tokens(io.StringIO(python_in(source)).readline)]
    except (SyntaxError, tokenize.TokenError):
        return []
    return [token.string.rstrip() for token in tokens if token.type == tokenize.COMMENT]
