"""Reading an upload: a .py file, an .ipynb notebook, a folder or a zip becomes cells of Python.

Runs on the trusted side on whatever a student hands in, so everything is bounded and nothing is
executed. What cannot be read costs itself: a broken cell or a broken stretch of a file is left
out with a warning; only an upload with nothing readable in it is an UnreadableSubmission.
"""

from __future__ import annotations

import ast
import functools
import io
import json
import re
import tokenize
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path, PurePath
from typing import Any

from grader.errors import UnreadableSubmission
from grader.i18n.words import N_, _
from grader.submissions import archive
from grader.submissions.archive import Member

MAX_FILE = 20 << 20  # bytes; notebooks carry pictures
MAX_SOURCE = 1 << 20  # characters of code in a submission; its trees take two hundred times as much
MAX_CELLS = 2_000
MAX_HELPERS = 100
MAX_DEPTH = 4  # of folders below the submission

Cell = tuple[str, str, int]  # (name for messages, Python source, first line in the file)

# Encodings of text that editors write; others (punycode, undefined) can hang or break a decoder.
ENCODINGS = {
    *("utf-8", "utf-8-sig", "ascii", "iso-8859-1", "latin-1", "cp1252", "koi8-r"),
    *("gbk", "gb2312", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr"),
}
MAX_MAGICS = 200  # lines of one cell that may be magics; more take IPython for ever
MAX_BLOCKS = 2_000  # stretches of a broken file that are tried one by one

PYTHON_MAGICS = ("time", "timeit", "capture", "prun")  # cell magics whose body is Python


@dataclass(frozen=True)
class Submission:
    """What was handed in, ready to be sent into a sandbox."""

    name: str
    path: Path
    digest: str  # sha256 of the files that were read
    cells: list[Cell]
    helpers: dict[str, list[Cell]]  # further modules by dotted name
    warnings: list[str]


def read(path: Path, stubs: Iterable[str]) -> Submission:
    """Read the upload at `path`; in a folder the file that defines most of `stubs` is the main one.

    Raises UnreadableSubmission with a sentence for the student.
    """
    parse.cache_clear()  # trees of the one before may be large
    try:
        if path.is_dir():
            return _read_parts(N_("folder"), path, _files_of(path), set(stubs))
    except OSError as error:
        name = printable(path.name)
        raise UnreadableSubmission(_unopened(name, error)) from None
    if path.suffix.lower() == ".zip":
        data = _bytes_of(path, archive.MAX_ARCHIVE)
        files = islice(archive.members(printable(path.name), data, MAX_FILE), MAX_HELPERS)
        return _read_parts(N_("zip file"), path, files, set(stubs))
    data = _bytes_of(path)
    cells, notes = _cells(printable(path.name), data)
    return Submission(printable(path.stem), path, sha256(data).hexdigest(), cells, {}, notes)


def printable(name: str) -> str:
    """A file's name as text that can be written anywhere, whatever bytes it has on the disk."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _read_parts(kind: str, path: Path, files: Iterable[Member], stubs: set[str]) -> Submission:
    """One submission of several files; `kind` is what it is called in a message."""
    digest = sha256()
    room = MAX_SOURCE
    parts: dict[PurePath, list[Cell]] = {}
    notes: list[str] = []
    for relative, data in files:
        try:
            if isinstance(data, UnreadableSubmission):
                raise data
            if relative.name == "__init__.py" and not data.strip():
                continue  # every folder is a package below, with or without it
            parts[relative], own_notes = _cells(printable(str(relative)), data, room)
            room -= _size(parts[relative])
        except UnreadableSubmission as error:
            notes.append(str(error))
            continue
        digest.update(printable(str(relative)).encode() + b"\0" + data)
        notes += own_notes
    if not parts:
        found = notes[0] if notes else _("there is no .py or .ipynb file in it")
        text = _("The {kind} {name} cannot be graded: {problem}")
        raise UnreadableSubmission(
            text.format(kind=_(kind), name=printable(path.name), problem=found)
        )
    main = max(parts, key=lambda name: (_defined(parts[name], stubs), -len(name.parts)))
    if len(parts) > 1:
        text = _("{name} was taken as the main file: it defines most of the stubs")
        notes.insert(0, text.format(name=printable(str(main))))
    name = printable(path.resolve().name if path.is_dir() else path.stem)
    helpers = _helpers(parts, main)
    return Submission(name, path, digest.hexdigest(), parts[main], helpers, notes)


def _helpers(parts: dict[PurePath, list[Cell]], main: PurePath) -> dict[str, list[Cell]]:
    """The other modules, named as the main file can import them, with the packages they are in."""
    shared = main.parent if all(main.parent in name.parents for name in parts) else PurePath()
    helpers = {
        _module_name(name.relative_to(shared)): cells
        for name, cells in parts.items()
        if name != main and name.suffix == ".py"
    }
    for name in list(helpers):
        for end in range(1, name.count(".") + 1):
            helpers.setdefault(name.rsplit(".", end)[0], [])
    return helpers


def _files_of(folder: Path) -> Iterator[Member]:
    for path in _code_files(folder):
        relative = path.relative_to(folder)
        try:
            yield relative, _bytes_of(path)
        except UnreadableSubmission as error:
            yield relative, error


def _code_files(folder: Path) -> list[Path]:
    """The .py and .ipynb files below a folder; links and special files are not followed."""
    found: list[Path] = []
    waiting = [(folder, 0)]
    while waiting and len(found) < MAX_HELPERS:
        here, depth = waiting.pop()
        for path in sorted(here.iterdir()):
            if path.is_symlink() or path.name.startswith((".", "__pycache__")):
                continue
            if path.is_dir() and depth < MAX_DEPTH:
                waiting.append((path, depth + 1))
            elif path.is_file() and path.suffix in {".py", ".ipynb"}:
                found.append(path)
    return found[:MAX_HELPERS]


def _module_name(path: PurePath) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _defined(cells: list[Cell], stubs: set[str]) -> int:
    names = set()
    for _name, source, _line in cells:
        for node in ast.walk(parse(source)):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                names.add(node.name)
            if isinstance(node, ast.ClassDef):
                methods = (part for part in node.body if isinstance(part, ast.FunctionDef))
                names.update(f"{node.name}.{method.name}" for method in methods)
    return len(names & stubs)


# ------------------------------------------------------------------------------ one file


def _bytes_of(path: Path, most: int = MAX_FILE) -> bytes:
    name = printable(path.name)
    try:
        if path.is_symlink():
            text = _("{name} is a link; hand in the file itself.")
            raise UnreadableSubmission(text.format(name=name))
        if not path.is_file():
            raise UnreadableSubmission(_("{name} is not a file.").format(name=name))
        size = path.stat().st_size
        if size > most:
            advice = (
                _("Zip your own files only, without data sets.")
                if path.suffix.lower() == ".zip"
                else _(
                    "Clear the outputs of the notebook (Edit, Clear All Outputs), save it and hand"
                    " it in."
                )
            )
            text = _("{name} has {size:.0f} MB; the limit is {limit} MB. {advice}")
            raise UnreadableSubmission(
                text.format(name=name, size=size / 1e6, limit=most >> 20, advice=advice)
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreadableSubmission(_unopened(name, error)) from None


def _unopened(name: str, error: OSError) -> str:
    text = _("{name} cannot be opened: {problem}.")
    return text.format(name=name, problem=error.strerror)


def _cells(name: str, data: bytes, room: int = MAX_SOURCE) -> tuple[list[Cell], list[str]]:
    """The readable cells of one file, with at most `room` characters, and what was left out."""
    if not data.strip():
        text = _(
            "{name} is empty. Did you save it before you handed it in? Hand in the template with "
            "your code in it."
        )
        raise UnreadableSubmission(text.format(name=name))
    if name.endswith(".ipynb"):
        raw = list(_notebook_cells(name, data))
    elif name.endswith(".py"):
        raw = [(name, _decoded(name, data), 1)]
    else:
        text = _("{name} is neither a .py file nor an .ipynb notebook, nor a zip of them.")
        raise UnreadableSubmission(text.format(name=name))
    if _size(raw) > room:
        text = _("{name} has more than {count:,} characters of code. Hand in your code only.")
        if room < MAX_SOURCE:
            text = _(
                "{name} was left out: your files have more than {count:,} characters of code "
                "together. Hand in your code only."
            )
        raise UnreadableSubmission(text.format(name=name, count=MAX_SOURCE))
    cells: list[Cell] = []
    notes: list[str] = []
    for title, source, line in raw:
        readable, problems = _readable(title, _plain_python(source), line)
        cells += readable
        notes += problems
    if not cells:
        text = _("{name} cannot be graded: {problem}")
        problem = notes[0] if notes else _("it has no code")
        raise UnreadableSubmission(text.format(name=name, problem=problem))
    return cells, notes


def _size(cells: list[Cell]) -> int:
    return sum(len(source) for title, source, line in cells)


def _decoded(name: str, data: bytes) -> str:
    """Source text in its declared encoding, or UTF-8; what is no text at all is refused."""
    if b"\0" in data:
        text = _("{name} is not a text file: it has NUL bytes in it.")
        raise UnreadableSubmission(text.format(name=name))
    try:
        encoding, _lines = tokenize.detect_encoding(io.BytesIO(data).readline)
        if encoding not in ENCODINGS:
            raise LookupError
        return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except (SyntaxError, LookupError, ValueError):
        text = _("{name} is not UTF-8 text. Save it as UTF-8 in your editor and hand it in again.")
        raise UnreadableSubmission(text.format(name=name)) from None


def _notebook_cells(name: str, data: bytes) -> Iterator[Cell]:
    """The code cells of a notebook of format 3 or 4, numbered as a reader counts them."""
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError):
        text = _(
            "{name} is not a notebook: it is not JSON. Open it in Jupyter, save it, and hand in "
            "the file that Jupyter wrote."
        )
        raise UnreadableSubmission(text.format(name=name)) from None
    if isinstance(notebook, dict) and isinstance(notebook.get("worksheets"), list):
        sheets = [sheet for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        entries: Any = [cell for sheet in sheets for cell in _listed(sheet.get("cells"))]
    else:
        entries = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(entries, list):
        text = _("{name} is JSON, but not a notebook: it has no list of cells.")
        raise UnreadableSubmission(text.format(name=name))
    if len(entries) > MAX_CELLS:
        text = _("{name} has more than {count:,} cells.")
        raise UnreadableSubmission(text.format(name=name, count=MAX_CELLS))
    for position, entry in enumerate(entries, start=1):
        if isinstance(entry, dict) and entry.get("cell_type") == "code":
            source = entry.get("source", entry.get("input", ""))
            if isinstance(source, list):
                source = "".join(line for line in source if isinstance(line, str))
            if isinstance(source, str) and source.strip():
                yield f"cell {position}", source.replace("\0", ""), 1


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


# ------------------------------------------------------------------------------ Python in it


@functools.lru_cache(maxsize=256)  # more cells than most notebooks have
def parse(source: str) -> ast.Module:
    """ast.parse without its warnings. The tree is everyone's until the next submission is read: it
    may not be changed.

    Raises SyntaxError for everything that it cannot take.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except (ValueError, RecursionError, MemoryError, OverflowError) as error:
            raise SyntaxError(str(error) or "it is nested too deeply") from None


def _is_python(source: str) -> bool:
    try:
        parse(source)
    except SyntaxError:
        return False
    return True


def _plain_python(source: str) -> str:
    """Source without IPython's magics; plain Python stays as it is.

    ``% (epoch, loss)`` may continue a print, so only a cell that is no Python is transformed.
    """
    skipped = ""
    while not _is_python(source):
        first, _end, body = source.lstrip("\n").partition("\n")
        match = re.match(r"%%(\w+)", first)
        if match is None:
            return skipped + _without_magics(source)
        if match[1] not in PYTHON_MAGICS:
            return ""
        skipped, source = skipped + "\n", body
    return skipped + source


def _without_magics(source: str) -> str:
    if len(re.findall(r"^\s*[!%?]|[!%?]\s*$", source, re.MULTILINE)) > MAX_MAGICS:
        return source
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return TransformerManager().transform_cell(source)
    except (SyntaxError, ValueError, RuntimeError):  # RecursionError among them
        return source


def _readable(name: str, source: str, first_line: int) -> tuple[list[Cell], list[str]]:
    """The stretches of a source that Python can parse, and a note for each that it cannot."""
    try:
        parse(source)
        return [(name, source, first_line)], []
    except SyntaxError as error:
        line, problem = error.lineno or 1, error.msg
    cells: list[Cell] = []
    blocks = _blocks(source)[:MAX_BLOCKS]
    start = 0
    broken = False
    while start < len(blocks):
        for end in range(start + 1, min(start + 20, len(blocks)) + 1):
            text = "\n".join(lines for offset, lines in blocks[start:end])
            if _is_python(text):
                cells.append((name, text, first_line + blocks[start][0]))
                start = end
                break
        else:
            broken = True
            start += 1
    assert broken or cells
    note = _("{name}, line {line}: Python cannot read this ({problem}); left out").format(
        name=name, line=first_line + line - 1, problem=problem
    )
    return [cell for cell in cells if cell[1].strip()], [note]


def _blocks(source: str) -> list[tuple[int, str]]:
    """Source cut at lines that start a top-level statement: (line offset, text)."""
    continued = re.compile(r"(else|elif|except|finally)\b|[)\]}]")
    blocks: list[tuple[int, list[str]]] = []
    for number, line in enumerate(source.split("\n")):
        starts = bool(line.strip()) and not line[0].isspace() and not continued.match(line)
        if starts or not blocks:
            blocks.append((number, [line]))
        else:
            blocks[-1][1].append(line)
    return [(number, "\n".join(lines)) for number, lines in blocks]
