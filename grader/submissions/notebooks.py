"""The cells of a notebook, or what is in its place: cut off, in conflict, of another language."""

from __future__ import annotations

import json
import re
from typing import Any

from grader.errors import UnreadableSubmission
from grader.i18n.words import _
from grader.sandbox.inside.cells import Cell

MAX_CELLS = 2_000
CONFLICT = re.compile(r"^(<{7}|\|{7}|={7}|>{7})(?: .*)?\r?$", re.MULTILINE)
DEFINES = re.compile(r"^[ \t]*(?:async[ \t]+def|def|class)[ \t]+(\w+)[^\n]*:", re.MULTILINE)
# How JSON ends that was cut off in a word or a number.
LAST_WORD = re.compile(r"[\w.+-]{0,40}\s*")


def looks_like_notebook(text: str) -> bool:
    """Whether a text is the JSON of a notebook, whatever the file is called."""
    return text.lstrip()[:1] == "{" and '"cells"' in text and '"nbformat"' in text


def cells_of(name: str, text: str) -> tuple[list[Cell], list[Cell]]:
    """The code cells of a notebook of format 3 or 4, numbered as a reader counts them, and its
    markdown and raw cells, named with their kind. Raises UnreadableSubmission."""
    notebook = _parsed(name, text)
    entries = _entries(name, notebook)
    code, others = [], []
    for position, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict):
            continue
        source = entry.get("source", entry.get("input", ""))
        if isinstance(source, list):
            source = "".join(line for line in source if isinstance(line, str))
        if not isinstance(source, str) or not source.strip():
            continue
        source = source.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
        if entry.get("cell_type") == "code":
            code.append(Cell(f"cell {position}", source))
        elif entry.get("cell_type") in ("markdown", "raw"):
            others.append(Cell(f"cell {position}", source))
    language = _language(notebook)
    if language and not any(DEFINES.search(cell.source) for cell in code):
        problem = _(
            "{name} is a notebook in {language}, not in Python. Work in the notebook that was "
            "handed out, with the Python kernel."
        )
        raise UnreadableSubmission(problem.format(name=name, language=language))
    return code, others


def conflict_lines(text: str) -> list[int]:
    """The lines of the marks that a merge conflict left in a text; none without all of its three
    kinds."""
    marks = list(CONFLICT.finditer(text))
    if not {mark[1][0] for mark in marks} >= set("<=>"):
        return []
    lines, before, count = [], 0, 1
    for mark in marks:
        count += text.count("\n", before, mark.start())
        before = mark.start()
        lines.append(count)
    return lines


def one_side(text: str) -> str:
    """A text with a merge conflict without its marks and without the second version; the lines stay
    where they are."""
    lines, is_kept = [], True
    for line in text.split("\n"):
        mark = CONFLICT.match(line)
        if mark:
            is_kept = mark[1][0] in "<>"
        lines.append("" if mark or not is_kept else line)
    return "\n".join(lines)


def listed(lines: list[int], most: int = 6) -> str:
    """Numbers of lines for a sentence: "3, 5, 9"."""
    return ", ".join(map(str, lines[:most])) + (", …" if len(lines) > most else "")


def _parsed(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableSubmission(_why_no_json(name, text, error)) from None
    except (ValueError, RecursionError):
        problem = _(
            "{name} is not a notebook: it is not JSON as Jupyter writes it. Copy your code into "
            "the notebook that was handed out."
        )
        raise UnreadableSubmission(problem.format(name=name)) from None


def _why_no_json(name: str, text: str, error: json.JSONDecodeError) -> str:
    """A sentence with advice that helps: Jupyter cannot open the file either."""
    line = error.lineno
    if lines := conflict_lines(text):
        problem = _(
            "{name} has a merge conflict in it, at lines {lines}: Git left its marks (<<<<<<<, "
            "=======, >>>>>>>). Open it in a text editor, keep one of the two versions there and "
            "delete the marks."
        )
        return problem.format(name=name, lines=listed(lines))
    if not text.lstrip().startswith(("{", "[")):
        problem = _(
            "{name} is not a notebook: it is not JSON. Hand in the file that Jupyter saved, or "
            "copy your code into the notebook that was handed out."
        )
    elif error.msg == "Extra data":
        problem = _(
            "{name} has more text behind the end of the notebook, from line {line} on. Open it in "
            "a text editor and delete what stands behind the last brace of the notebook."
        )
        line = text.count("\n", 0, error.pos + _blanks_at(text, error.pos)) + 1
    elif "Unterminated string" in error.msg or LAST_WORD.fullmatch(text, error.pos):
        problem = _(
            "{name} is cut off in line {line}: its end is missing. Download it once more or save "
            "it again in Jupyter, and look at its size before you hand it in."
        )
        line = text.rstrip().count("\n") + 1
    else:
        problem = _(
            "{name} is damaged: from line {line} on it is not JSON, and Jupyter cannot open it. "
            "Take an earlier version of it, or copy your code into the notebook that was handed "
            "out."
        )
    return problem.format(name=name, line=line)


def _blanks_at(text: str, position: int) -> int:
    rest = text[position:]
    return len(rest) - len(rest.lstrip())


def _entries(name: str, notebook: Any) -> list[Any]:
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
    return entries


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _language(notebook: Any) -> str:
    """The language that a notebook's kernel speaks; "" for Python and where nothing is said."""
    metadata = notebook.get("metadata")
    for key, entry in (("language_info", "name"), ("kernelspec", "language")):
        part = metadata.get(key) if isinstance(metadata, dict) else None
        language = part.get(entry) if isinstance(part, dict) else None
        if isinstance(language, str) and language.strip():
            is_python = "python" in language.lower()
            printable = "".join(filter(str.isprintable, language))[:30]
            return "" if is_python else printable[:1].upper() + printable[1:]
    return ""
