"""What of a source Python can parse: all of it, without IPython's magics, or else its top-level
stretches.

A broken source is cut at the lines that may start a statement. Each stretch is tried alone, and if
it is lexically open (a bracket, a string, a decorator) once more together with what closes it. So
the work grows with the text, however broken it is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from grader.course.lexemes import scanned
from grader.course.magics import (
    CELL_MAGIC,
    HARMLESS,
    KERNEL,
    OTHER_LANGUAGES,
    OWNER,
    WRITES,
    cells_in,
    module_of,
    without_kernel,
    without_magics,
)
from grader.i18n.words import _
from grader.sandbox.inside.cells import Cell, parse
from grader.sandbox.inside.definitions import Index
from grader.submissions.budget import Budget
from grader.submissions.notebooks import DEFINES, conflict_lines, listed, one_side
from grader.submissions.problems import NAMED, note_of

MAX_STRETCHES = 20_000  # of a broken source, that are tried
MAX_JOINED = 200  # stretches that one statement may span: the lines of a text at the margin
MAX_NOTES = 5  # about what is broken in one piece
MAX_WRITTEN = 100  # modules that cells write
MAX_OTHERS, MAX_OTHER = 50, 20_000  # cells that are no code, and characters of one, that are read
# Python before 3.12 goes through an f-string from its start for every expression in it.
MAX_BRACES = 2 << 30  # braces times characters of what is parsed at once: a second

CONTINUES = re.compile(r"(else|elif|except|finally)\b|[)\]}#\s]|$")
FENCED = re.compile(r"^[ \t]*```[ \t]*\w*[ \t]*\n(.*?)^[ \t]*```", re.MULTILINE | re.DOTALL)

Read = tuple[list[Cell], list[str]]  # the readable Python, and notes about the rest


@dataclass
class Parser:
    """Parses the pieces of one upload within its budget, and keeps the trees by source.

    stubs: their names, which are looked for where no code is. written: modules that cells write
    with ``%%writefile``, by name.
    """

    budget: Budget
    stubs: Iterable[str]
    trees: dict[str, ast.Module] = field(default_factory=dict)
    problems: dict[str, SyntaxError] = field(default_factory=dict)
    written: dict[str, list[Cell]] = field(default_factory=dict)

    def readable(self, piece: Cell) -> Read:
        """The Python in a piece of source, and notes if some of it is left out."""
        start, magics = 0, []
        while self._problem(piece.source) and (match := CELL_MAGIC.match(piece.source, start)):
            start = match.end()
            if match[1] not in HARMLESS:
                magics.append((match[1], match[2].strip()))
        body = piece._replace(
            source="\n" * piece.source.count("\n", 0, start) + piece.source[start:]
        )
        if not magics:
            return self._python(body)
        name, argument = magics[0]
        if name in WRITES:
            return self._module(body, argument)
        if name == "add_to" and OWNER.fullmatch(argument):
            return self._methods(body, argument)
        return self._other(body, name)

    def _problem(self, source: str) -> SyntaxError | None:
        """Why Python cannot parse a source; None if it can."""
        if source not in self.trees and source not in self.problems:
            self.budget.check()
            try:
                if source.count("{") * len(source) > MAX_BRACES:
                    raise SyntaxError("there are too many braces in it")
                self.trees[source] = parse(source)
            except SyntaxError as error:
                self.problems[source] = error.with_traceback(None)
        return self.problems.get(source)

    # -------------------------------------------------------------------------- cell magics

    def _module(self, body: Cell, argument: str) -> Read:
        """Keep the module that a cell writes to a file."""
        module = module_of(argument)
        if not re.search(r"\.py['\"]?$", argument) or not module:
            return [], []
        cells, notes = self._python(body)
        if len(self.written) < MAX_WRITTEN:
            before = self.written.get(module, []) if argument.startswith("-a") else []
            self.written[module] = before + cells
        return [], notes

    def _methods(self, body: Cell, owner: str) -> Read:
        """A cell whose definitions are put into a class by jdc."""
        cells, notes = self._python(body)
        nodes = [node for cell in cells for node in self._tree(cell).body]
        names = [node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
        puts = "; ".join(f"{owner}.{name} = {name}" for name in names)
        last = body.first_line + body.source.count("\n")
        return [*cells, Cell(body.name, puts, last)] if puts else cells, notes

    def _other(self, body: Cell, magic: str) -> Read:
        """A cell with a magic that is not known to leave its Python as it is."""
        defined = DEFINES.search(body.source)
        if magic in OTHER_LANGUAGES:
            note = _("{name} begins with %%{magic} and is not run as Python: `{defined}` is lost")
            notes = (
                [note.format(name=body.name, magic=magic, defined=defined[1])] if defined else []
            )
            return [], notes
        plain = without_magics(body.source) if self._problem(body.source) else body.source
        if not defined and (self._problem(plain) or not _binds(self.trees[plain])):
            return [], []
        note = _("{name} begins with %%{magic}; the rest of it was read as Python")
        cells, notes = self._python(body)
        return cells, [note.format(name=body.name, magic=magic), *notes]

    def answers(self, others: Iterable[Cell], code: Iterable[Cell]) -> list[str]:
        """Notes about stubs that only a markdown or raw cell of a notebook defines."""
        defining = [cell for cell in others if DEFINES.search(cell.source)][:MAX_OTHERS]
        missing = set(self.stubs) - set(Index(code, self.trees).definitions) if defining else set()
        notes = []
        for cell in defining:
            if len(cell.source) <= MAX_OTHER:
                texts = [*FENCED.findall(cell.source), cell.source]
                parts = [Cell(cell.name, text) for text in texts if not self._problem(text)]
                for name in sorted(missing & set(Index(parts, self.trees).definitions)):
                    text = _(
                        "{name} is a markdown or raw cell and is not run, but it defines `{stub}`: "
                        "make it a code cell"
                    )
                    notes.append(text.format(name=cell.name, stub=name))
        return notes

    # -------------------------------------------------------------------------- Python

    def _tree(self, cell: Cell) -> ast.Module:
        return ast.Module([], []) if self._problem(cell.source) else self.trees[cell.source]

    def _python(self, piece: Cell) -> Read:
        """The Python in a piece without a magic of its own; it stays as it is where it is Python.

        ``% (epoch, loss)`` may continue a print, so only what is no Python is transformed.
        """
        source, notes = piece.source, []
        if self._problem(source):
            self.budget.check()
            source = without_magics(source)
        if self._problem(source) and (lines := conflict_lines(source)):
            source = one_side(source)
            text = _(
                "{name}: the lines {lines} are marks of a merge conflict; of two versions the "
                "first one was read"
            )
            lines = [piece.first_line + line - 1 for line in lines]
            notes.append(text.format(name=piece.name, lines=listed(lines)))
        cells = [piece._replace(source=source)]
        if self._problem(source):
            cells, problems = self._stretches(piece, source)
            notes += problems
        found: list[Cell] = []
        for cell in cells:
            exported, more = self._without_kernel(cell) if KERNEL in cell.source else ([cell], [])
            found += exported
            notes += more
        return [cell for cell in found if cell.source.strip()], notes

    def _without_kernel(self, piece: Cell) -> Read:
        """A script that was exported from a notebook, with the magics in its calls undone."""
        cells: list[Cell] = []
        notes: list[str] = []
        for part in cells_in(piece.source, self._tree(piece)):
            line = piece.first_line + part.line
            if part.is_cell:
                name = _("{name}, cell at line {line}").format(name=piece.name, line=line)
                found, more = self.readable(Cell(name, part.source))
                cells += found
                notes += more
            else:
                cell = Cell(piece.name, part.source, line)
                plain = without_kernel(cell.source, self._tree(cell))
                cells.append(cell._replace(source=cell.source if self._problem(plain) else plain))
        return cells, notes

    def _stretches(self, piece: Cell, source: str) -> Read:
        """The stretches of a source that Python can parse, and notes about the others."""
        stretches = _cut(source)
        ends = _Ends([text for _, text in stretches])
        cells: list[Cell] = []
        broken: list[int] = []
        start = 0
        while start < min(len(stretches), MAX_STRETCHES):
            line, text = stretches[start]
            end = start + 1
            if self._problem(text):
                end = ends.of(start)
                text = "\n".join(text for _, text in stretches[start:end])
            if self._problem(text):
                broken.append(start)
                start += 1
            else:
                cells.append(Cell(piece.name, text, piece.first_line + line))
                start = end
        if start < len(stretches):
            broken.append(start)
        cells = [cell for cell in cells if cell.source.strip()]
        return cells, self._notes(piece, source, stretches, broken)

    def _notes(
        self, piece: Cell, source: str, stretches: list[tuple[int, str]], broken: list[int]
    ) -> list[str]:
        """A note for each place that is broken; of neighbours for each that defines something."""
        places = [
            number
            for before, number, after in zip([-2, *broken], broken, [*broken[1:], -2])
            if (number != before + 1 or NAMED.match(stretches[number][1]))
            and not (stretches[number][1].startswith("@") and after == number + 1)
        ]
        notes = []
        for number in places[:MAX_NOTES]:
            line, text = stretches[number]
            problem = self._problem(text) or SyntaxError("there is too much that is broken")
            notes.append(note_of(piece.name, piece.first_line + line, text, problem))
        if len(places) > MAX_NOTES:
            text = _("{name}: {count} more places that Python cannot read are left out")
            notes.append(text.format(name=piece.name, count=len(places) - MAX_NOTES))
        return notes


def _binds(tree: ast.Module) -> bool:
    """Whether a program binds a name at its top level."""
    binding = (ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom)
    return any(isinstance(node, binding) for node in tree.body)


def _cut(source: str) -> list[tuple[int, str]]:
    """Source cut at lines that may start a top-level statement: (line offset, text). A comment at
    the margin starts none: it may stand in a function."""
    stretches: list[tuple[int, list[str]]] = []
    for number, line in enumerate(source.split("\n")):
        if stretches and CONTINUES.match(line):
            stretches[-1][1].append(line)
        else:
            stretches.append((number, [line]))
    return [(number, "\n".join(lines)) for number, lines in stretches]


class _Ends:
    """Where statements end that start with one of these stretches, if brackets and strings tell."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self.scanned: dict[tuple[int, str], tuple[str, int]] = {}

    def of(self, start: int) -> int:
        """The number behind the last stretch of the statement; start + 1 if it never ends."""
        quote, depth, is_closed, decorates = "", 0, True, False
        for number in range(start, min(start + MAX_JOINED, len(self.texts))):
            if is_closed:
                decorates = self.texts[number].startswith("@")
            quote, change = self._scan(number, quote)
            depth += change
            is_closed = not (quote or depth > 0 or self.texts[number].endswith("\\"))
            if is_closed and not decorates:
                return number + 1
        return start + 1

    def _scan(self, number: int, quote: str) -> tuple[str, int]:
        """Go through a stretch that begins inside `quote` ("" for none): the quote that is open at
        its end, and how many more brackets are."""
        if (number, quote) not in self.scanned:
            self.scanned[number, quote] = scanned(self.texts[number], quote)
        return self.scanned[number, quote]
