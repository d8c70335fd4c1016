"""What of a source Python can parse: all of it, without IPython's magics, or else its top-level
stretches.

A broken source is cut at the lines that may start a statement. Each stretch is tried alone, and if
it is lexically open (a bracket, a string, a decorator) once more together with what closes it. So
the work grows with the text, however broken it is.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from grader.i18n.words import _
from grader.sandbox.inside.cells import Cell, parse
from grader.submissions.budget import Budget

MAX_STRETCHES = 20_000  # of a broken source, that are tried
MAX_JOINED = 200  # stretches that one statement may span: the lines of a text at the margin
# Python before 3.12 goes through an f-string from its start for every expression in it.
MAX_BRACES = 2 << 30  # braces times characters of what is parsed at once: a second
# IPython goes through a text once for every magic in it, and through a line that ends in a question
# mark once for every character.
MAX_TRANSFORMED = 1 << 18  # lines with magics times characters: a second
MAX_MAGIC_LINE = 2_000  # characters

PYTHON_MAGICS = ("time", "timeit", "capture", "prun")  # cell magics whose body is Python
MAGIC = re.compile(r"^[ \t]*[!%?,;/]|[!%?][ \t]*$|=[ \t]*[!%]", re.MULTILINE)
CELL_MAGIC = re.compile(r"\n*%%(\w+).*(?:\n|$)")
CONTINUES = re.compile(r"(else|elif|except|finally)\b|[)\]}#\s]|$")

# What decides how a text goes on, at the top and inside a string of three quotes.
LEXEMES = {
    "": re.compile(
        r"""#[^\n]*|'''|\"\"\"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'?|"[^"\\\n]*(?:\\.[^"\\\n]*)*"?|[()\[\]{}]""",
        re.DOTALL,
    ),
    "'''": re.compile(r"\\.|'''", re.DOTALL),
    '"""': re.compile(r'\\.|"""', re.DOTALL),
}


@dataclass
class Parser:
    """Parses the pieces of one upload within its budget, and keeps the trees by source."""

    budget: Budget
    trees: dict[str, ast.Module] = field(default_factory=dict)
    problems: dict[str, SyntaxError] = field(default_factory=dict)

    def readable(self, piece: Cell) -> tuple[list[Cell], list[str]]:
        """The Python in a piece of source, and a note if some of it cannot be parsed."""
        source = self._plain_python(piece.source)
        problem = self._problem(source)
        if problem is None:
            return [piece._replace(source=source)], []
        cells, is_complete = self._stretches(piece, source)
        if is_complete:
            return cells, []
        note = _("{name}, line {line}: Python cannot read this ({problem}); left out").format(
            name=piece.name, line=piece.first_line + (problem.lineno or 1) - 1, problem=problem.msg
        )
        return cells, [note]

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

    def _plain_python(self, source: str) -> str:
        """Source without IPython's magics, on the same lines; Python stays as it is, and a cell in
        another language is empty.

        ``% (epoch, loss)`` may continue a print, so only what is no Python is transformed.
        """
        start = 0
        while self._problem(source) and (match := CELL_MAGIC.match(source, start)):
            if match[1] not in PYTHON_MAGICS:
                return ""
            start = match.end()
        plain = "\n" * source.count("\n", 0, start) + source[start:]
        return self._without_magics(plain) if self._problem(plain) else plain

    def _without_magics(self, source: str) -> str:
        """Source with its magics made calls; as it is, where that would take long."""
        rounds = 1 + len(MAGIC.findall(source))
        longest = max(map(len, source.split("\n")))
        if longest > MAX_MAGIC_LINE or rounds * len(source) > MAX_TRANSFORMED:
            return source
        self.budget.check()
        with self.budget.paused():
            from grader.submissions.magics import without_magics
        return without_magics(source, MAX_TRANSFORMED)

    def _stretches(self, piece: Cell, source: str) -> tuple[list[Cell], bool]:
        """The stretches of a source that Python can parse, and whether these are all."""
        stretches = _cut(source)
        ends = _Ends([text for _, text in stretches])
        cells: list[Cell] = []
        broken = len(stretches) > MAX_STRETCHES
        start = 0
        while start < min(len(stretches), MAX_STRETCHES):
            line, text = stretches[start]
            end = start + 1
            if self._problem(text) and MAGIC.search(text):
                text = self._without_magics(text)
            if self._problem(text):
                end = ends.of(start)
                text = "\n".join(text for _, text in stretches[start:end])
            if self._problem(text):
                broken = True
                start += 1
            else:
                cells.append(Cell(piece.name, text, piece.first_line + line))
                start = end
        return [cell for cell in cells if cell.source.strip()], not broken


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
            self.scanned[number, quote] = _scanned(self.texts[number], quote)
        return self.scanned[number, quote]


def _scanned(text: str, quote: str) -> tuple[str, int]:
    depth = position = 0
    while match := LEXEMES[quote].search(text, position):
        position, lexeme = match.end(), match[0]
        if quote:
            quote = "" if lexeme == quote else quote
        elif lexeme in LEXEMES:
            quote = lexeme
        else:
            depth += (lexeme in "([{") - (lexeme in ")]}")
    return quote, depth
