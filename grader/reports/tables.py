"""Tables as text: written anew for spreadsheets, or changed cell by cell in a file of others."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.errors import UsageError
from grader.reports.text import in_spreadsheet

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
MAX_BYTES = 20 << 20
DELIMITERS = ",;\t|"
MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
HIGH = re.compile(rb"[\x80-\xff]+")  # what is no ASCII


def to_csv(rows: Iterable[Sequence[str]]) -> str:
    """Comma-separated text with no cell that a spreadsheet takes for a formula. Behind a BOM
    spreadsheets read it as UTF-8."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(map(in_spreadsheet, row) for row in rows)
    return text.getvalue()


@dataclass
class Table:
    """A file of delimited text, in which everything but the cells that are set stays as it is.

    cells: each as it stands in the file, with its quotation marks. ends: of the lines.
    """

    cells: list[list[str]]
    ends: list[str]
    delimiter: str
    encoding: str

    def __len__(self) -> int:
        return len(self.cells)

    def value(self, row: int, column: int | None) -> str:
        """The text in a cell, without blanks around it; "" where there is none."""
        if column is None or column >= len(self.cells[row]):
            return ""
        cell = self.cells[row][column].removeprefix(BOM).strip()
        if len(cell) > 1 and cell[0] == cell[-1] == '"':
            cell = cell[1:-1].replace('""', '"')
        return cell.strip()

    def set(self, row: int, column: int, text: str) -> None:
        """Put a text into a cell, in quotation marks where it was or has to be. What the encoding
        lacks becomes a reference as HTML has it."""
        line = self.cells[row]
        line.extend([""] * (column + 1 - len(line)))
        text = text.encode(self.encoding, "xmlcharrefreplace").decode(self.encoding)
        if line[column].startswith('"') or any(sign in text for sign in f'"\r\n{self.delimiter}'):
            text = '"' + text.replace('"', '""') + '"'
        line[column] = text

    @property
    def header(self) -> list[str]:
        """The texts of the first line."""
        return [self.value(0, column) for column in range(len(self.cells[0]))]

    def column(self, *names: str) -> int | None:
        """The first column that has one of these names, in any case; None if there is none."""
        wanted = {name.casefold() for name in names}
        found = (place for place, name in enumerate(self.header) if name.casefold() in wanted)
        return next(found, None)

    def text(self) -> str:
        """All of it, to be encoded as the file was."""
        lines = zip(self.cells, self.ends)
        return "".join(self.delimiter.join(cells) + end for cells, end in lines)


def read_table(data: bytes) -> Table:
    """Take a file apart. Raises UsageError for one that is no table of delimited text."""
    if len(data) > MAX_BYTES:
        raise UsageError(f"It has more than {MAX_BYTES >> 20} MB: no list of people is so large.")
    text, encoding = _decoded(data)
    if "\0" in text or not text.strip(BOM + " \t\r\n"):
        raise UsageError("It is no CSV file. Download it as CSV, or save it as CSV, not as .xlsx.")
    delimiter = _delimiter(text)
    table = Table([[]], [], delimiter, encoding)
    separator = re.escape(delimiter)
    cell = re.compile(
        rf'(\ufeff?"[^"]*(?:""[^"]*)*"|[^{separator}\r\n]*)({separator}|\r\n|[\r\n]|\Z)'
    )
    place = 0
    while place < len(text):
        found = cell.match(text, place)
        assert found  # the second kind of cell is whatever stands before the next separator
        place = found.end()
        table.cells[-1].append(found[1])
        if found[2] != delimiter:
            table.ends.append(found[2])
            table.cells.append([])
    if table.cells[-1]:  # the last line ends with a delimiter
        table.cells[-1].append("")
        table.ends.append("")
    else:
        table.cells.pop()
    return table


def _decoded(data: bytes) -> tuple[str, str]:
    """The text, with its byte-order mark, and its encoding. Every file has one: a byte that is
    no character in any other is one in Latin-1."""
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            candidates = [encoding]
            break
    else:
        candidates = ["utf-8", *(["gb18030"] if _is_chinese(data) else []), "cp1252"]
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.encode(encoding) == data:
            return text, encoding
    return data.decode("latin-1"), "latin-1"


def _is_chinese(data: bytes) -> bool:
    """Whether this, which is not UTF-8, is in GB2312, the encoding of Chinese spreadsheets. There
    the bytes that are no ASCII come in pairs, and usual characters begin with 0xB0 to 0xD7; letters
    of Western texts mostly stand alone and, in small letters, lie above."""
    runs = HIGH.findall(data)
    usual = sum(0xB0 <= byte <= 0xD7 for run in runs for byte in run[::2])
    pairs = sum(len(run) // 2 for run in runs)
    return all(len(run) % 2 == 0 and min(run) > 0xA0 for run in runs) and 2 * usual > pairs


def _delimiter(text: str) -> str:
    """The separator that stands most often outside of quotation marks in the first line."""
    head = re.sub(r'"[^"]*"', "", text[: 64 << 10]).lstrip("\r\n" + BOM)
    first = re.split(r"[\r\n]", head, maxsplit=1)[0]
    return max(DELIMITERS, key=first.count)
