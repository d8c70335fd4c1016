"""A piece of a submission that Python can parse, and its tree.

It crosses into the box as a plain tuple. Imports nothing of the grader: both sides read with it.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Sequence
from typing import NamedTuple

# What reading a text may raise that is nested too deeply for Python. Nothing can be said of it.
TOO_DEEP = (RecursionError, MemoryError)

AnyCell = tuple[str, str, int]  # a Cell, or what the codec makes of one
Cells = Sequence[AnyCell]


class Cell(NamedTuple):
    """A notebook cell or a stretch of a file."""

    name: str  # what a student calls it: "cell 3", "solution.py"
    source: str
    first_line: int = 1  # the line of the file at which the source begins


def as_cells(cells: Iterable[AnyCell]) -> list[Cell]:
    """The same cells, after they have travelled as plain tuples."""
    return [Cell(*cell) for cell in cells]


def parse(source: str) -> ast.Module:
    """ast.parse without its warnings. Raises SyntaxError for everything that it cannot take."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except (ValueError, OverflowError, *TOO_DEEP) as error:
            raise SyntaxError(str(error) or "it is nested too deeply") from None
