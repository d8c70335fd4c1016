"""A student's notebook as it looks, for a page. It is read, never run, and nothing in it is active.

Every cell is built from its plain parts: source, text, errors, and pictures in PNG or JPEG, which
the filters of nbconvert make HTML of. HTML, SVG, JavaScript, widgets, attachments, links and
metadata of the notebook are left out.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from importlib import import_module
from types import ModuleType
from typing import Any

from markupsafe import Markup

from grader.i18n.words import _
from grader.reports.text import printable

MOST_CELLS = 400
MOST_SOURCE = 12_000  # characters of a cell's source
MOST_PAINTED = 150_000  # characters of all cells that become HTML: some take a second for 20,000
MOST_OUTPUTS = 30  # of a cell
MOST_OUTPUT = 3_000  # characters of one output; of a longer one the beginning and the end
MOST_PICTURE = 90_000  # bytes of a picture in base64
SHARE_OF_PICTURES = 0.5  # of the room that there is for the notebook
# How pictures begin in base64: the page tells the browser which of the two it is.
PICTURES = {"image/png": "iVBORw0KGgo", "image/jpeg": "/9j/"}
COLOUR = re.compile(r"(\x1b\[[0-9;]*m)")
OTHER_COMMAND = re.compile(r"\x1b\[[0-9;:?]*[ -/]*[@-ln-~]")  # of a terminal: moves, deletes


class Unrendered(Exception):
    """The text is no notebook that can be shown, or nbconvert is missing."""


@dataclass
class ShownCell:
    """A cell as HTML. number: as a reader counts them, from 1. source: its text."""

    number: int
    kind: str
    source: str
    html: Markup


@dataclass
class ShownNotebook:
    """The cells of a notebook, and how much was left out: cells and outputs for their size, other
    outputs because they are neither text nor a picture."""

    cells: list[ShownCell] = field(default_factory=list)
    lost_cells: int = 0
    too_large: int = 0
    other: int = 0

    @property
    def left_out(self) -> list[str]:
        """What of it is not shown, and why."""
        said = {
            _("Cells left out, because the page would be too large: {count}."): self.lost_cells,
            _("Outputs left out, because the page would be too large: {count}."): self.too_large,
            _(
                "Outputs left out, because they are neither text nor a picture: {count}."
            ): self.other,
        }
        return [text.format(count=count) for text, count in said.items() if count]


def shown(text: str, most: int) -> ShownNotebook:
    """A notebook in at most about so many characters of HTML. Raises Unrendered."""
    entries = _entries(text)
    found = ShownNotebook(lost_cells=max(0, len(entries) - MOST_CELLS))
    painter = _Painter(_filters(), found, int(most * SHARE_OF_PICTURES))
    room = most - painter.room
    for number, entry in enumerate(entries[:MOST_CELLS], start=1):
        kind, source = entry.get("cell_type"), _joined(entry.get("source", entry.get("input")))
        if kind not in ("code", "markdown", "raw") or not (source.strip() or entry.get("outputs")):
            continue
        html, pictures = painter.cell(kind, source, entry)
        size = len(html.encode())
        if size > room:
            found.lost_cells += 1
            continue
        room -= size
        found.cells.append(ShownCell(number, kind, source, Markup(html + pictures)))
    return found


@dataclass
class _Painter:
    """Makes HTML of cells. room: characters that are left for pictures. painted: how many went to
    the filters; when they are enough, the rest stands as it is."""

    filters: ModuleType
    found: ShownNotebook
    room: int
    painted: int = 0

    def cell(self, kind: str, source: str, entry: dict[str, Any]) -> tuple[str, str]:
        """The text of a cell and its pictures."""
        source = printable(source[:MOST_SOURCE] + ("\n…" if len(source) > MOST_SOURCE else ""))
        if kind != "code":
            html = self._html(self.filters.markdown, source) if kind == "markdown" else None
            return html or f"<pre>{_plain(source)}</pre>", ""
        count = entry.get("execution_count", entry.get("prompt_number"))
        run = f"In [{count if isinstance(count, int) else ' '}]"
        html = self._html(self.filters.code, source) or _plain(source)
        parts, pictures = [f'<p class="count">{run}</p>', _box("in", run, html)], []
        outputs = _dicts(entry.get("outputs"))
        self.found.too_large += max(0, len(outputs) - MOST_OUTPUTS)
        for output in outputs[:MOST_OUTPUTS]:
            said, picture = self._output(output)
            if said:
                html = self._html(self.filters.coloured, said) or _plain(said)
                parts.append(_box("out", _("output"), html))
            pictures.append(picture)
        return "".join(parts), "".join(pictures)

    def _html(self, paint: Callable[[str], str], text: str) -> str | None:
        """A text in HTML; None where that took too long or a library cannot read the text."""
        self.painted += len(text)
        if self.painted > MOST_PAINTED:
            return None
        try:
            return paint(text)
        except Exception:  # of parsers that somebody tries to break: no page is lost by it
            return None

    def _output(self, output: dict[str, Any]) -> tuple[str, str]:
        """The text of an output, and its picture as HTML."""
        kind = output.get("output_type")
        if kind == "stream":
            return _cut(_joined(output.get("text"))), ""
        if kind in ("error", "pyerr"):
            return _cut("\n".join(_texts(output.get("traceback")))), ""
        data = output.get("data")
        data = data if isinstance(data, dict) else {}
        for mime, start in PICTURES.items():
            if mime in data:
                return "", self._picture(mime, start, data[mime])
        text = _joined(data.get("text/plain", output.get("text")))
        if not text.strip() and data:
            self.found.other += 1
        return _cut(text), ""

    def _picture(self, mime: str, start: str, data: Any) -> str:
        """A picture as HTML, if it is one and there is room for it."""
        text = "".join(_joined(data).split())
        if len(text) > min(MOST_PICTURE, self.room):
            self.found.too_large += 1
            return ""
        if not text.startswith(start) or not _is_base64(text):
            self.found.other += 1
            return ""
        self.room -= len(text)
        alt = escape(_("a picture that your code drew"), quote=True)
        return f'<img src="data:{mime};base64,{text}" alt="{alt}">'


def _filters() -> ModuleType:
    """The filters of nbconvert. Raises Unrendered where it is not installed."""
    try:
        return import_module("grader.reports.pages.rendering")
    except ImportError:
        raise Unrendered from None


def _plain(text: str) -> str:
    return escape(COLOUR.sub("", text))


def _box(kind: str, label: str, html: str) -> str:
    return (
        f'<pre class="{kind}" role="group" tabindex="0" aria-label="{escape(label)}">{html}</pre>'
    )


def _entries(text: str) -> list[dict[str, Any]]:
    """The cells, counted as `submissions` counts them. Raises Unrendered."""
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        raise Unrendered from None
    if not isinstance(notebook, dict):
        raise Unrendered
    sheets = _dicts(notebook.get("worksheets")) or [notebook]
    cells = [cell for sheet in sheets for cell in _cells(sheet)]
    if not cells:
        raise Unrendered
    return cells


def _cells(sheet: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The cells of a sheet; what is none keeps its number."""
    cells = sheet.get("cells")
    for cell in cells if isinstance(cells, list) else []:
        yield cell if isinstance(cell, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _joined(value: Any) -> str:
    """A text of a notebook, which may be a list of lines."""
    return value if isinstance(value, str) else "".join(_texts(value))


def _cut(text: str) -> str:
    """An output of bounded length, as a terminal shows it in the end, with nothing in it that
    steers its reader but colours."""
    if len(text) > MOST_OUTPUT:
        text = f"{text[: MOST_OUTPUT // 2]}\n…\n{text[-MOST_OUTPUT // 2 :]}"
    lines = OTHER_COMMAND.sub("", text).split("\n")
    text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)
    return "".join(
        piece if COLOUR.fullmatch(piece) else printable(piece) for piece in COLOUR.split(text)
    )


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def cell_number(place: str) -> int | None:
    """The number of the cell that a place names: 3 of "cell 3, line 1"."""
    found = re.fullmatch(r"cell (\d+), line \d+", place)
    return int(found[1]) if found else None
