"""A CSV file with a row for each point: run, window, line, step, value, and what is usual."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from grader.i18n.words import _
from grader.monitor.backend import Backend, Point, Unavailable

COLUMNS = ("run", "window", "line", "step", "value", "usual_low", "usual_high")


def backend(place: str) -> CsvFile:
    """place: the file, which is written anew."""
    if not place:
        raise Unavailable(
            _("It needs the name of a file: {example}.").format(example="csv:run.csv")
        )
    return CsvFile(Path(place))


class CsvFile(Backend):
    """Numbers only; each row is in the file at once. Words that a spreadsheet would take for a
    formula begin with an apostrophe."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file)
        self._rows.writerow(COLUMNS)

    def points(self, points: Sequence[Point]) -> None:
        for point in points:
            words = map(_harmless, (point.run, point.window, point.line))
            self._rows.writerow([*words, point.step, point.value, *(point.usual or ("", ""))])
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
