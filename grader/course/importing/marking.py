"""Puts our marks around what students write.

Theirs stand anywhere: around statements at the top level, around whole functions, at the end of a
line that is no assignment; a cell without marks is a solution as a whole. Ours stand inside
functions, or at the end of an assignment of one line (cutting.py).
"""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from dataclasses import dataclass, field

from grader.course.cutting import PLACEHOLDER, is_likeness
from grader.course.importing.draft import Draft, Piece
from grader.course.importing.notebook import is_python, words
from grader.errors import UsageError
from grader.sandbox.inside.definitions import first_line
from grader.sandbox.inside.uses import bound_in

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
NO_PROMPT = "### BEGIN SOLUTION NO PROMPT"
_BLOCK = re.compile(r"^\s*#+\s*(BEGIN|END) SOLUTION( NO PROMPT)?\b.*$", re.I)
_LINE = re.compile(r"(?<=\S)\s*#+\s*(SOLUTION NO PROMPT|SOLUTION|SEED)\s*$")
_IGNORED = re.compile(r"^\s*#+\s*(BEGIN|END) IGNORE\b")
_PROMPT = re.compile(
    r"^([^\S\n]*)(\"\"\"|''')\s*#+\s*BEGIN PROMPT[^\n]*\n(.*?)\2;?[^\S\n]*#+\s*END PROMPT[^\n]*$",
    re.M | re.S,
)
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass
class _Region:
    """Lines that students write, from 1 on, both of them inside. asked: students find something in
    their place."""

    first: int
    last: int
    asked: bool = True


@dataclass
class _Cell:
    """A cell while it is marked.

    read: names that are read elsewhere. named: those that students are asked for so far. edits: by
    its first line, the last one and what stands there instead. prompted: prompts say what students
    find.
    """

    piece: Piece
    lines: list[str]
    regions: list[_Region]
    read: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    edits: dict[int, tuple[int, list[str]]] = field(default_factory=dict)
    wraps: list[_Region] = field(default_factory=list)  # inside functions
    prompted: bool = False


def mark(piece: Piece, draft: Draft, read: set[str]) -> str:
    """The source of a cell that students write, with our marks. read: names that other cells read.

    Raises UsageError, with the cell, for marks that do not fit and for what is not Python.
    """
    source, prompted = _plain(piece.source)
    cell = _read_marks(source, piece, draft)
    cell.prompted = prompted
    text = "\n".join(cell.lines)
    if not is_python(text):
        raise UsageError(f"{piece.cell.place} is not Python: it cannot be imported.")
    tree = ast.parse(text)
    if not cell.regions and "# BEGIN PROMPT" not in text:
        cell.regions = [_Region(1, len(cell.lines))]
        draft.note(
            piece.cell,
            "a solution without marks",
            "What stands in its functions was marked, and its values. Look whether students should "
            "find more of it.",
        )
    marked = {number for each in cell.regions for number in range(each.first, each.last + 1)}
    others = [line for number, line in enumerate(cell.lines, start=1) if number not in marked]
    cell.read = read | words("\n".join(others))
    for region in cell.regions:
        _place(cell, tree, region)
    for region in _joined(cell.wraps, tree):
        inside = cell.lines[region.first - 1 : region.last]
        code = (line for line in inside if not re.match(r"\s*(#|$)", line))
        indent = _indent(next(code, inside[0]))
        begin = BEGIN if region.asked else NO_PROMPT
        block = [indent + begin, *inside, indent + END]
        cell.edits[region.first] = (region.last, block)
    return quiet(_PROMPT.sub(_needed_prompt, "\n".join(_edited(cell))))


def is_marked(source: str) -> bool:
    """Whether a cell has marks around what students write."""
    lines = source.split("\n")
    return any(_BLOCK.match(line) or _LINE.search(line) for line in lines)


def _needed_prompt(match: re.Match[str]) -> str:
    """A prompt; nothing for one that has definitions only, for their first lines are there."""
    text = textwrap.dedent(match[3])
    body = ast.parse(text).body if is_python(text) else []
    return "" if body and all(isinstance(node, Definition) for node in body) else match[0]


def _plain(source: str) -> tuple[str, bool]:
    """A source without what nobody gets, with the prompts inside of functions as comments."""
    lines, skips = [], False
    for line in source.replace("\t", "    ").split("\n"):
        match = _IGNORED.match(line)
        if match:
            skips = match[1] == "BEGIN"
        elif not skips and not re.search(r"#+\s*IGNORE\s*$", line):
            lines.append(line)

    def prompt(match: re.Match[str]) -> str:
        indent, quotes, text = match[1], match[2], match[3].rstrip()
        if indent:
            words = [
                line for line in textwrap.dedent(text).split("\n") if line not in ("...", "pass")
            ]
            return "\n".join(f"{indent}# {word.removeprefix('# ')}".rstrip() for word in words)
        return f"{quotes} # BEGIN PROMPT\n{text}\n{quotes} # END PROMPT"

    text, count = _PROMPT.subn(prompt, "\n".join(lines))
    return text, count > 0


def _read_marks(source: str, piece: Piece, draft: Draft) -> _Cell:
    """The lines without marks, and what they stood around."""
    lines: list[str] = []
    regions: list[_Region] = []
    opened: _Region | None = None
    for line in source.split("\n"):
        block, inline = _BLOCK.match(line), _LINE.search(line)
        if block and (block[1].upper() == "BEGIN") == (opened is not None):
            raise UsageError(f"{piece.cell.place}: BEGIN and END SOLUTION do not fit.")
        if block and opened is None:
            opened = _Region(len(lines) + 1, 0, asked=not block[2])
        elif block and opened is not None:
            opened.last = len(lines)
            regions, opened = [*regions, opened], None
        elif inline and not opened:
            lines.append(line[: inline.start()])
            regions.append(_Region(len(lines), len(lines), asked=inline[1] == "SOLUTION"))
            if inline[1] == "SEED":
                draft.note(
                    piece.cell,
                    "a seed that only the solution sets",
                    "Students get other random numbers: give them to the function as an argument, "
                    "or check a property that holds for all of them.",
                )
        else:
            lines.append(line[: inline.start()] if inline else line)
    if opened is not None:
        raise UsageError(f"{piece.cell.place}: BEGIN SOLUTION without an END SOLUTION.")
    return _Cell(piece, lines, [region for region in regions if region.last >= region.first])


def _place(cell: _Cell, tree: ast.Module, region: _Region) -> None:
    """Say what becomes of the statements of a region."""
    body, around = _body_around(tree, region)
    inside = [node for node in body if region.first <= node.lineno <= region.last]
    if isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef) or _in_function(tree, region):
        if inside:
            last = max(region.last, *(node.end_lineno or 0 for node in inside))
            first = min(region.first, *(first_line(node) for node in inside))
            cell.wraps.append(_Region(first, last, region.asked))
        return
    for number in range(region.first, region.last + 1):  # comments between statements
        if cell.lines[number - 1].strip():
            cell.edits.setdefault(number, (number, []))
    for node in inside:
        for number in range(first_line(node), (node.end_lineno or 0) + 1):
            cell.edits.pop(number, None)
        is_call = isinstance(node, ast.Expr) and len(inside) > 1  # nothing stands in its place
        _mark_statement(cell, node, region.asked and not is_call, nested=around is not None)


def _mark_statement(cell: _Cell, node: ast.stmt, asked: bool, nested: bool) -> None:
    """Mark a statement that stands at the top level, in a class or, `nested`, in an if or a loop
    there."""
    first, last = first_line(node), node.end_lineno or node.lineno
    text = cell.lines[first - 1 : last]
    if isinstance(node, ast.Import | ast.ImportFrom) or _is_docstring(node):
        return
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        _mark_body(cell, node)
    elif isinstance(node, ast.ClassDef):
        for part in node.body:
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                _mark_body(cell, part)
    elif isinstance(node, ast.AugAssign) and not nested:
        cell.edits[first] = (last, [NO_PROMPT, *text, END])
    elif asked and not nested and isinstance(_target(node), ast.Name):
        cell.edits[first] = (last, [f"{_one_line(node, text)}  # SOLUTION"])
        cell.named |= bound_in([node])
    else:
        indent = _indent(text[0])
        block = [indent + NO_PROMPT, *text, indent + END]
        names = sorted(bound_in([node]) - _passing(node) - cell.named)
        if not isinstance(node, ast.Assign):  # what only a loop needs
            names = [name for name in names if name in cell.read]
        if nested and not asked and not cell.prompted:  # it may be all that a body has
            block += [f'{indent}""" # BEGIN PROMPT', f"{indent}pass", f'{indent}""" # END PROMPT']
        elif asked and not cell.prompted:
            wanted = [f"{indent}{name} = ...  {PLACEHOLDER}" for name in names]
            wanted = wanted or [f"{indent}...  {PLACEHOLDER}"]
            cell.named |= {*names}
            block += [f'{indent}""" # BEGIN PROMPT', *wanted, f'{indent}""" # END PROMPT']
        cell.edits[first] = (last, block)


def _mark_body(cell: _Cell, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """Mark what stands in a function under its docstring."""
    body = node.body[1:] if _is_docstring(node.body[0]) else node.body
    if not body or _is_empty(body):
        return
    if body[0].lineno == node.lineno:  # def f(x): return x
        indent = _indent(cell.lines[node.lineno - 1])
        lines = [indent + line for line in ast.unparse(node).split("\n")]
        start = next(n for n, line in enumerate(lines) if re.match(r"\s*(async )?def ", line)) + 1
        lines[start:] = [f"{indent}    {BEGIN}", *lines[start:], f"{indent}    {END}"]
        cell.edits[first_line(node)] = (node.end_lineno or 0, lines)
        return
    first = first_line(body[0])
    while first - 1 > node.lineno and re.match(r"\s*(#|$)", cell.lines[first - 2]):
        first -= 1  # what a comment says belongs to the solution
    cell.wraps.append(_Region(first, node.end_lineno or 0))


def _joined(regions: list[_Region], tree: ast.Module) -> list[_Region]:
    """The regions inside functions, each function with the first one of them to be found by
    students: there the template stops."""
    regions = sorted(regions, key=lambda each: each.first)
    joined: list[_Region] = []
    for region in regions:
        if joined and region.first <= joined[-1].last + 1 and region.asked == joined[-1].asked:
            joined[-1].last = max(joined[-1].last, region.last)
        else:
            joined.append(region)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            own = [each for each in joined if node.lineno < each.first <= (node.end_lineno or 0)]
            if own:
                own[0].asked = True
    return joined


def _edited(cell: _Cell) -> list[str]:
    """The lines with all edits in them; a comment line of a template says what is still to do."""
    found: list[str] = []
    number = 1
    while number <= len(cell.lines):
        last, lines = cell.edits.get(number, (number, [cell.lines[number - 1]]))
        found += lines
        number = last + 1
    return found


def quiet(source: str) -> str:
    """A source without comments that could be taken for a mark, or for the template."""
    lines: list[str | None] = [*source.split("\n")]
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            text = token.string
            if is_likeness(text) or text.strip("# ").upper() == PLACEHOLDER.strip("# "):
                before = token.line.split("\n")[0][: token.start[1]].rstrip()
                lines[token.start[0] - 1] = before or None
    return "\n".join(line for line in lines if line is not None)


def quiet_text(text: str) -> tuple[str, bool]:
    """A text of which no line can be taken for a mark, or for the beginning of a cell, and whether
    some line could."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        for changed in (line, line.replace("SOLUTION", "solution"), f"> {line}", ""):
            if not is_likeness(f"# {changed}") and not changed.lstrip().startswith("%%"):
                lines[number] = changed
                break
    return "\n".join(lines), lines != text.split("\n")


def _body_around(tree: ast.Module, region: _Region) -> tuple[list[ast.stmt], ast.stmt | None]:
    """The innermost list of statements that has one which begins in a region, and what has it."""
    body, around = tree.body, None
    while True:
        for node in body:
            if region.first <= node.lineno <= region.last:
                return body, around
        inner = [
            (getattr(node, name), node)
            for node in body
            for name in ("body", "orelse", "finalbody")
            if isinstance(getattr(node, name, None), list)
            if node.lineno < region.first <= (node.end_lineno or 0)
        ]
        inner = [
            (part, node)
            for part, node in inner
            if part and part[0].lineno <= region.last and (part[-1].end_lineno or 0) >= region.first
        ]
        if not inner:
            return _simple_around(body, region), around
        body, around = inner[0]


def _simple_around(body: list[ast.stmt], region: _Region) -> list[ast.stmt]:
    """For a mark at the end of a statement of several lines: this statement."""
    for node in body:
        if node.lineno <= region.first <= (node.end_lineno or 0):
            region.first = node.lineno
            return [node]
    return []


def _in_function(tree: ast.Module, region: _Region) -> bool:
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.lineno < region.first <= (node.end_lineno or 0)
        for node in ast.walk(tree)
    )


def _target(node: ast.stmt) -> ast.expr | None:
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        return node.targets[0]
    return node.target if isinstance(node, ast.AnnAssign) and node.value else None


def _passing(node: ast.stmt) -> set[str]:
    """The names that loops and with statements bind on the way."""
    targets: list[ast.AST] = []
    for each in ast.walk(node):
        if isinstance(each, ast.For):
            targets.append(each.target)
        elif isinstance(each, ast.With):
            targets += [item.optional_vars for item in each.items if item.optional_vars]
    return {name.id for each in targets for name in ast.walk(each) if isinstance(name, ast.Name)}


def _one_line(node: ast.stmt, lines: list[str]) -> str:
    is_short = len(lines) == 1 and "#" not in lines[0] and ";" not in lines[0]
    return lines[0].rstrip() if is_short else _indent(lines[0]) + ast.unparse(node)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(getattr(node.value, "value", None), str)


def _is_empty(body: list[ast.stmt]) -> bool:
    """Whether a function is left open on purpose: pass, ... or super().__init__() alone."""
    return all(
        isinstance(node, ast.Pass)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in body
    )


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
