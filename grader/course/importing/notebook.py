"""The notebooks of an author, as cells with Python in them.

A notebook (.ipynb) or a script in py:percent form (.py), as jupytext writes it. Lines that only
IPython understands are comments afterwards, as jupytext writes them.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.course.extras import require
from grader.errors import UsageError

SUFFIXES = (".ipynb", ".py")
MAX_BYTES = 64 << 20  # of one notebook, with its pictures
_MAGIC = re.compile(r"^(?P<indent>\s*)(?P<line>[%!?].*|[\w.]+\?{1,2})$")


@dataclass
class Cell:
    """A cell of a notebook.

    number: from 1 on, as they follow each other. id: its name in the notebook, or "".
    kind: "code", "markdown" or "raw". source: without magics. magics: these lines.
    output: of a code cell, the text of the value that its last line has, or None.
    printed: what it printed. file: the notebook's, where there are several.
    """

    number: int
    id: str
    kind: str
    source: str
    metadata: dict[str, Any] = field(default_factory=dict)
    magics: list[str] = field(default_factory=list)
    output: str | None = None
    printed: str = ""
    file: str = ""

    @property
    def place(self) -> str:
        """How a person finds the cell."""
        file = f"{self.file}, " if self.file else ""
        return f"{file}cell {self.number}" + (f" ({self.id})" if self.id else "")


def find(path: Path) -> list[Path]:
    """The notebook of a path, or those of a folder. Raises UsageError where there is none."""
    if path.is_dir():
        found = sorted(each for each in path.glob("*.ipynb") if each.is_file())
    else:
        found = [path] if path.suffix in SUFFIXES and path.is_file() else []
    if not found:
        raise UsageError(
            f"There is no notebook at {path}: name an .ipynb file, a .py file in percent form, or "
            "a folder with notebooks in it."
        )
    return found


def read(path: Path) -> list[Cell]:
    """The cells of a notebook or script. Raises UsageError, with a sentence, if it is none."""
    require("jupytext", "author")
    import jupytext

    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path} is larger than {MAX_BYTES >> 20} MB: take its outputs out.")
        text = path.read_text("utf-8")
        form = "ipynb" if path.suffix == ".ipynb" else "py:percent"
        notebook = jupytext.reads(text, fmt=form)
        cells = [_cell(number, each) for number, each in enumerate(notebook.cells, start=1)]
    except UsageError:
        raise
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    except Exception as error:  # jupytext and nbformat raise what they like
        reason = " ".join(str(error).split())[:200]
        raise UsageError(f"{path} is not a notebook that can be read: {reason}") from None
    language = str(notebook.metadata.get("kernelspec", {}).get("language") or "python")
    if language.lower() != "python":
        raise UsageError(f"{path} is written in {language}: only Python can be imported.")
    if not cells:
        raise UsageError(f"{path} has no cells.")
    return cells


def _cell(number: int, given: Any) -> Cell:
    name = given.get("id", "") or ""
    cell = Cell(number, str(name), given.cell_type, given.source, dict(given.metadata))
    if cell.kind == "code":
        cell.source, cell.magics = without_magics(given.source)
        for output in given.get("outputs", []):
            if output.output_type == "stream" and output.get("name") == "stdout":
                cell.printed += output.text
            if output.output_type == "execute_result":
                cell.output = output.data.get("text/plain")
    return cell


def without_magics(source: str) -> tuple[str, list[str]]:
    """A cell's source with the lines of IPython as comments, and these lines."""
    lines, magics = source.expandtabs(4).split("\n"), []
    if lines[0].startswith("%%"):  # of the whole cell
        magics.append(lines[0])
        lines = lines[1:]
    elif is_python(source):
        return source, []
    for number, line in enumerate(lines):
        match = _MAGIC.match(line)
        if match:
            magics.append(match["line"])
            statement = "pass  " if match["indent"] else ""  # it may be all that a body has
            lines[number] = f"{match['indent']}{statement}# {match['line']}"
    return "\n".join(lines), magics


def words(source: str) -> set[str]:
    """All names in a text, and what could be one."""
    return {*re.findall(r"\w+", source)}


def is_python(source: str) -> bool:
    """Whether a text is Python as it stands."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
