"""IPython's magics taken out of a source, on the same lines: what is Python in them stays.

IPython's own transformer makes them calls of a kernel, which is not there when a submission is
graded, and goes through a text once for every magic in it. This goes through it once.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from grader.course.lexemes import LEXEMES
from grader.sandbox.inside.cells import parse

# Cell magics around which a cell stays what it is: no word about them.
HARMLESS = {"time", "timeit", "capture", "prun"}
WRITES = {"writefile", "file"}
# Cell magics of IPython and of usual extensions whose body is another language.
OTHER_LANGUAGES = {
    *("script", "bash", "sh", "cmd", "system", "sx", "powershell", "html", "HTML", "js"),
    *("javascript", "css", "latex", "markdown", "svg", "SVG", "perl", "ruby", "R", "julia"),
    *("sql", "pypy", "python2", "bigquery", "mermaid", "dot", "graphviz", "cpp", "cu", "cuda"),
}
CELL_MAGIC = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*%%(\w+)[ \t]*([^\n]*)(?:\n|$)")
OWNER = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")

# At the start of a statement: a magic or a command of the system, which a backslash may continue.
COMMAND = re.compile(
    r"(?P<indent>[ \t]*)(?P<target>[^\s=!%#'\"][^=!%#'\"\n]{0,199}=[ \t]*)?"
    r"(?P<command>(?:!|%{1,2}[ \t]?[A-Za-z_])(?:[^\\\n]|\\.)*)",
    re.DOTALL,
)
HELP = re.compile(
    r"(?P<indent>[ \t]*)(?:\?{1,2}[^?#'\"\n]{0,200}|"
    r"[^\s?#'\"][^?#'\"\n]{0,199}\?{1,2}[ \t]*(?:;[ \t]*)?)(?=\n|\Z)"
)
MARGIN = re.compile(r"(?:async[ \t]+def|def|class|import|from)\b|@")
RUN = re.compile(r"(?:-\S+[ \t]+)*(?:\"([^\"]+)\"|'([^']+)'|(\S+))")
FILE = re.compile(r"[\w .:/\\()~-]+")
MAX_OPTIONS = 6  # words before the Python in a magic
MAX_ARGUMENT = 2_000  # characters: Python before 3.12 goes through an f-string again and again
KERNEL = "get_ipython"

# What begins a statement, after a new line and where a backslash continues one.
NEW_LINE = re.compile(r"\\\n|\n|" + LEXEMES[""].pattern, re.DOTALL)


def without_magics(source: str) -> str:
    """Source that is no Python without its magics: ``!ls`` becomes ``pass``, ``files = !ls`` an
    empty list, ``%time x = f(z)`` what it times, ``%run other.py`` an import of all names."""
    parts, done = [], 0
    for start, end, plain in _found(source):
        parts += [source[done:start], plain]
        done = end
    return "".join([*parts, source[done:]])


def _found(source: str) -> Iterator[tuple[int, int, str]]:
    """Where each magic of a source begins and ends, and what takes its place."""
    position, quote, depth = 0, "", 0
    is_start, in_definition = True, False
    while True:
        if is_start:
            if match := MARGIN.match(source, position):
                depth, in_definition = 0, match[0] not in ("import", "from")
            elif source[position : position + 1] not in (" ", "\t", "\n", "#", ""):
                in_definition = False
            found = (depth <= 0 and _at(source, position, in_definition)) or None
            if found:
                yield position, *found
                position = found[0]
        match = (LEXEMES[quote] if quote else NEW_LINE).search(source, position)
        if not match:
            return
        position, lexeme = match.end(), match[0]
        is_start = not quote and lexeme == "\n"
        if quote:
            quote = "" if lexeme == quote else quote
        elif lexeme in LEXEMES:
            quote = lexeme
        else:
            depth = max(0, depth + (lexeme in "([{") - (lexeme in ")]}"))


def _at(source: str, position: int, in_definition: bool) -> tuple[int, str] | None:
    """The end of the magic at the start of a line and what takes its place; None if it is none."""
    if match := COMMAND.match(source, position):
        command, target = match["command"], match["target"]
        plain = target + _value(command) if target else _statement(command, in_definition)
    elif match := HELP.match(source, position):
        command, plain = "", "pass"
    else:
        return None
    return match.end(), match["indent"] + plain + "\n" * command.count("\n")


def _statement(command: str, in_definition: bool) -> str:
    """The Python in a command that stands alone, on one line."""
    name, argument = _split(command)
    if name in ("run", "load", "loadpy") and not in_definition:
        module = module_of(argument)
        return f"from {module} import *" if module else "pass"
    if name == "pylab" and not in_definition:
        return "from matplotlib.pylab import *"
    return _timed(argument) or "pass" if name in MEASURES else "pass"


def _value(command: str) -> str:
    """The Python in a command whose value is used."""
    name, argument = _split(command)
    if not name:
        return "[]"
    if name == "time" and (timed := _timed(argument, "eval")):
        return f"({timed})"
    return {"pwd": "'.'", "cd": "'.'", "env": "''", "who_ls": "[]"}.get(name, "None")


# Line magics whose argument is Python.
MEASURES = {
    *("time", "timeit", "prun", "memit", "mprun", "lprun", "debug", "snakeviz", "pyinstrument"),
}


def _split(command: str) -> tuple[str, str]:
    """The name of a magic, "" for a command of the system, and its argument on one line."""
    command = command.replace("\\\n", " ")
    if command.startswith("!"):
        return "", command[1:]
    name, _, argument = command.lstrip("% \t").partition(" ")
    return name.strip(), argument.strip()


def _timed(argument: str, mode: str = "exec") -> str:
    """The Python behind the options of a magic; "" if there is none."""
    if len(argument) > MAX_ARGUMENT:
        return ""
    has_options = argument.startswith("-")
    for _word in range(MAX_OPTIONS if has_options else 1):
        if not argument.startswith("-") and _is_python(argument, mode):
            return argument
        argument = argument.partition(" ")[2].lstrip()
    return ""


def _is_python(text: str, mode: str) -> bool:
    try:
        body = parse(text).body
    except SyntaxError:
        return False
    return bool(body) and (mode == "exec" or (len(body) == 1 and isinstance(body[0], ast.Expr)))


def module_of(argument: str) -> str:
    """The module for a file that ``%run`` or ``%%writefile`` names, whose names are imported; ""
    if it names none that could have been handed in."""
    match = RUN.match(argument.strip())
    path = next(filter(None, match.groups()), "") if match else ""
    if not FILE.fullmatch(path):
        return ""
    is_absolute = path.startswith(("/", "~")) or ":" in path
    parts = [part for part in re.split(r"[/\\]", path) if part not in ("", ".", "..")]
    parts = parts[-1:] if is_absolute else parts
    if not parts:
        return ""
    parts[-1] = re.sub(r"\.(py|ipynb)$", "", parts[-1])
    names = [re.sub(r"\W", "_", part) for part in parts]
    return ".".join(names) if all(map(str.isidentifier, names)) else ""


# ------------------------------------------------------------------------------ as comments

# A magic as a comment; one more "# " marks what was a comment already.
COMMENTED = re.compile(
    r"^(?P<indent>[ \t]*)(?:pass  )?# "
    r"(?P<line>(?:# )*(?:[\w., ]+=[ \t]*)?(?:!|%%?)[A-Za-z./~$\\{].*(?:(?<=\\)\n[ \t]*# .*)*)$",
    re.MULTILINE,
)
LANGUAGE = re.compile(r"# %%(\w+)")


def python_in(cell: str) -> str:
    """What of a notebook's code cell is Python, on the same lines."""
    if _is_python(cell, "exec") or not cell.strip():
        return cell
    magic = CELL_MAGIC.match(cell)
    plain = without_magics(cell)
    if magic and (magic[1] in OTHER_LANGUAGES | WRITES or not _is_python(plain, "exec")):
        return "\n" * cell.count("\n")
    return plain


def commented(cell: str) -> str:
    """A notebook's code cell with its magics as comments, on the same lines; an indented one may be
    all that a block has, so `pass` stands there."""
    python = python_in(cell)
    if cell.strip() and not python.strip():
        return "\n".join(f"# {line}".rstrip() for line in cell.split("\n"))
    parts, done = [], 0
    for start, end, _plain in _found(cell) if python != cell else ():
        parts += [_escaped(cell[done:start]), _as_comment(cell[start:end])]
        done = end
    return "".join([*parts, _escaped(cell[done:])])


def uncommented(cell: str) -> str:
    """A code cell with its magics again: undoes what `commented` did."""
    magic = LANGUAGE.match(cell)
    if magic and magic[1] not in HARMLESS and all(map(re.compile("#").match, cell.split("\n"))):
        return "\n".join(line[2:] for line in cell.split("\n"))
    return COMMENTED.sub(_as_magic, cell)


def _as_comment(magic: str) -> str:
    line = magic.lstrip(" \t")
    indent = magic[: len(magic) - len(line)]
    line = line.replace("\n", f"\n{indent}# ")
    return f"{indent}pass  # {line}" if indent else f"# {line}"


def _as_magic(match: re.Match[str]) -> str:
    return match["indent"] + re.sub(r"(?<=\\)\n[ \t]*# ", "\n", match["line"])


def _escaped(python: str) -> str:
    """Python of a cell in which comments that look like a commented magic are marked as such."""
    return COMMENTED.sub(lambda match: f"{match['indent']}# {match[0].lstrip()}", python)


# ------------------------------------------------------------------------------ exported scripts


class Part(NamedTuple):
    """A part of an exported script."""

    line: int  # of the script, from 0
    source: str
    is_cell: bool  # a cell with its magic, not yet Python


def cells_in(source: str, tree: ast.Module) -> list[Part]:
    """A script cut at its calls of ``get_ipython().run_cell_magic``, which become cells again."""
    lines = source.split("\n")
    parts, start = [], 0
    for node in tree.body:
        cell = _cell_of(node)
        if cell and node.lineno > start and node.col_offset == 0:
            end = node.end_lineno or node.lineno
            parts.append(Part(start, "\n".join(lines[start : node.lineno - 1]), False))
            parts.append(Part(node.lineno - 1, cell, True))
            start = end
    return [*parts, Part(start, "\n".join(lines[start:]), False)]


def _cell_of(node: ast.stmt) -> str:
    call = node.value if isinstance(node, ast.Expr) else None
    if not (isinstance(call, ast.Call) and _method(call, set()) == "run_cell_magic"):
        return ""
    texts = _texts(call)
    return f"%%{texts[0]} {texts[1]}\n{texts[2]}" if len(texts) == 3 else ""


def without_kernel(source: str, tree: ast.Module) -> str:
    """A script without its calls of ``get_ipython()``: those of a magic become what is Python in
    them, the others None, as it is outside of a kernel."""
    shells = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _is_kernel(node.value, set())
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    text, start = source.encode(), [0]
    for line in text.split(b"\n"):
        start.append(start[-1] + len(line) + 1)
    parts, done = [], 0
    for node, plain in sorted(_replaced(tree, shells), key=lambda found: _place(found[0])):
        first = start[node.lineno - 1] + node.col_offset
        last = start[(node.end_lineno or 1) - 1] + (node.end_col_offset or 0)
        lines = text.count(b"\n", first, last)
        parts += [text[done:first], plain.encode() + b"\n" * lines]
        done = last
    return b"".join([*parts, text[done:]]).decode()


def _place(node: ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _replaced(tree: ast.Module, shells: set[str]) -> Iterator[tuple[ast.expr, str]]:
    """The calls to replace, none inside another, and what takes their places."""
    waiting: list[tuple[ast.AST, bool]] = [(node, False) for node in tree.body]
    while waiting:
        node, in_definition = waiting.pop()
        alone = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        call = node.value if isinstance(node, ast.Expr) else node
        if isinstance(call, ast.Call) and (method := _method(call, shells)):
            command = _command(method, _texts(call))
            yield call, _statement(command, in_definition) if alone else _value(command)
        elif isinstance(call, ast.Call) and _is_kernel(call, set()):
            yield call, "None"
        else:
            inside = in_definition or isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda))
            waiting += [(part, inside) for part in ast.iter_child_nodes(node)]


def _command(method: str, texts: list[str]) -> str:
    """The line of a notebook that a call of the kernel stands for."""
    if method == "run_line_magic" and texts:
        return "%" + " ".join(texts)
    if method == "magic" and texts:
        return "%" + texts[0].lstrip("%")
    return "!" if method in ("system", "getoutput") else "%none"


def _texts(call: ast.Call) -> list[str]:
    """The arguments of a call that are texts in the source."""
    values = [node.value for node in call.args if isinstance(node, ast.Constant)]
    return [value for value in values if isinstance(value, str)]


def _method(call: ast.Call, shells: set[str]) -> str:
    """The method of the kernel that is called; "" for everything else."""
    function = call.func
    is_of_kernel = isinstance(function, ast.Attribute) and _is_kernel(function.value, shells)
    known = ("run_line_magic", "run_cell_magic", "magic", "system", "getoutput")
    return function.attr if is_of_kernel and function.attr in known else ""  # type: ignore[attr-defined]


def _is_kernel(node: ast.AST, shells: set[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in shells
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
    return name == KERNEL or (isinstance(name, ast.Name) and name.id == KERNEL)
