"""The code in one file: of a .py file one piece of source, of a notebook one for each cell."""

from __future__ import annotations

import io
import json
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.errors import UnreadableSubmission
from grader.i18n.words import _
from grader.sandbox.inside.cells import Cell
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.budget import MAX_ARCHIVE, MAX_FILE

MAX_CELLS = 2_000

# Encodings of text that editors write; others (punycode, undefined) can hang or break a decoder.
ENCODINGS = {
    *("utf-8", "utf-8-sig", "ascii", "iso-8859-1", "latin-1", "cp1252", "koi8-r"),
    *("gbk", "gb2312", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr"),
}

# Browsers add the ending that a server names, and number the copies of a download.
ENDING = re.compile(r"(\.py|\.ipynb|\.zip)(\.txt|\.json|\s*\(\d+\))*$")


def kind_of(name: str) -> str:
    """What a file is by its name: ".py", ".ipynb" or ".zip"; "" for everything else. Capitals,
    blanks at the end, a second ending ("hw.ipynb.json", "hw.py.txt") and the number of a copy
    ("hw.ipynb (1)") do not matter."""
    found = ENDING.search(name.strip().lower())
    return found[1] if found else ""


def bytes_of(path: Path) -> bytes:
    """The bytes of a file that is none too large. Raises UnreadableSubmission."""
    name = well_formed(path.name)
    is_zip = kind_of(path.name) == ".zip"
    most = MAX_ARCHIVE if is_zip else MAX_FILE
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
                if is_zip
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
        raise UnreadableSubmission(unopened(name, error)) from None


def unopened(name: str, error: OSError) -> str:
    """What is said of a file or folder that the system does not open."""
    text = _("{name} cannot be opened: {problem}.")
    return text.format(name=name, problem=error.strerror)


def pieces(name: str, data: bytes) -> list[Cell]:
    """The code in a file, which need not be Python yet. Raises UnreadableSubmission."""
    if not data.strip():
        text = _(
            "{name} is empty. Did you save it before you handed it in? Hand in the template with "
            "your code in it."
        )
        raise UnreadableSubmission(text.format(name=name))
    kind = kind_of(name)
    if kind == ".ipynb":
        return list(_notebook_cells(name, data))
    if kind == ".py":
        return [Cell(name, _decoded(name, data))]
    text = _("{name} is neither a .py file nor an .ipynb notebook, nor a zip of them.")
    raise UnreadableSubmission(text.format(name=name))


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
                yield Cell(f"cell {position}", source.replace("\0", ""))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
