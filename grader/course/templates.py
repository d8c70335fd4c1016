"""The template that students get: cut from the solution, as a .py file and as a notebook, with what
the public checks need to know."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from grader.course import assignment as assignments
from grader.course.cutting import PLACEHOLDER, cut_file
from grader.course.extras import require
from grader.course.strict_toml import tomllib
from grader.i18n.words import _
from grader.sandbox.inside.cells import Cell
from grader.sandbox.inside.definitions import Index
from grader.sandbox.inside.uses import bound_in

# Of the cell under a stub. Each imports for itself: a student may call anything `grader`.
_CHECK = """\
# Checks what this notebook holds now. README.md says how to install the grader.
import grader

grader.check("{stub}")"""

_PROSE = re.compile(r"(?<=^# %% \[markdown\]\n)(?:#.*\n)+", re.MULTILINE)  # of a markdown cell


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
        if cell.cell_type == "code" and PLACEHOLDER in cell.source:
            source = Cell("template", cell.source)
            found = {*Index([source]).definitions, *bound_in(ast.parse(cell.source).body)}
            for stub in filter(found.__contains__, stubs):
                yield nbformat.v4.new_code_cell(_CHECK.format(stub=stub))


def public_part(name: str, toml: str) -> str:
    """Return what of a private assignment.toml the public checks need, as TOML again."""
    table = tomllib.loads(toml)
    lines = [
        "# What the public checks need to know. Cut from the private file by `grader template`.",
        f"name = {_value(name)}",
        *_entries(table, ("title", "dataset", "framework", "helpers")),
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
    template = cut_file(solution)
    texts = {
        folder / f"{name}.py": template,
        folder / f"{name}.ipynb": to_notebook(template, stubs),
        folder / "assignment.toml": public_part(name, contract.read_text(encoding="utf-8")),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(texts)
