"""Values that came back, and those that were demanded, as small tables of cells for a reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from grader.checking.results import Compared, Values
from grader.i18n.words import _


@dataclass(frozen=True)
class Cell:
    """One value. text: as it is read, "" where it is unknown. heat: from -100 to 100, its share of
    the largest one in size. differs: it reads otherwise than the value that was demanded."""

    text: str
    heat: int = 0
    is_finite: bool = True
    differs: bool = False


@dataclass(frozen=True)
class Grid:
    """The first cells of a tensor, in its last two dimensions. is_outline: only the shape is
    known."""

    shape: tuple[int, ...]
    rows: list[list[Cell]]
    is_outline: bool = False

    @property
    def note(self) -> str:
        """Its shape, and what of it is not shown."""
        words = [_("shape {shape}").format(shape=self.shape) if self.shape else _("one number")]
        if 0 in self.shape:
            words.append(_("there is no value in it"))
        elif not self.is_outline and prod(self.shape) > sum(map(len, self.rows)):
            words.append(_("only the first values are shown"))
        return ", ".join(words)

    @property
    def has_more_columns(self) -> bool:
        """Whether its rows go on."""
        return bool(self.rows) and _plane(self.shape)[1] > len(self.rows[0])

    @property
    def has_more_rows(self) -> bool:
        """Whether there are further rows below those that are shown."""
        return _plane(self.shape)[0] > len(self.rows)


def grids(compared: Compared, most: int) -> tuple[Grid, Grid | None]:
    """What came back; and what was demanded where it is known: values, or a shape that is another
    one. most: rows and columns that are shown."""
    returned, expected = compared.returned, compared.expected
    numbers = [*returned.numbers, *(expected.numbers if expected else ())]
    largest = max((abs(n) for n in numbers if isinstance(n, (int, float))), default=0.0)
    if expected is not None:
        other = None if expected.shape != returned.shape else _texts(expected)
        return _grid(returned, most, largest, other), _grid(expected, most, largest)
    outline = None
    if compared.shape != returned.shape:
        height, width = _plane(compared.shape)
        rows = [[Cell("")] * min(width, most)] * min(height, most) if width else []
        outline = Grid(compared.shape, rows, is_outline=True)
    return _grid(returned, most, largest), outline


def _grid(values: Values, most: int, largest: float, others: Sequence[str] | None = None) -> Grid:
    """others: how the values read that they should be."""
    height, width = _plane(values.shape)
    texts = _texts(values)
    rows = []
    for row in range(min(height, most)):
        places = range(row * width, row * width + min(width, most))
        if not places or places[-1] >= len(texts):
            break  # a record holds the first values only
        rows.append(
            [
                _cell(
                    values.numbers[place],
                    texts[place],
                    largest,
                    others is not None and place < len(others) and others[place] != texts[place],
                )
                for place in places
            ]
        )
    return Grid(values.shape, rows)


def _cell(number: float | str, text: str, largest: float, differs: bool) -> Cell:
    if isinstance(number, str):
        return Cell(text, is_finite=False, differs=differs)
    return Cell(text, round(100 * (number / largest)) if largest else 0, differs=differs)


def _texts(values: Values) -> list[str]:
    return [n if isinstance(n, str) else f"{n:.4g}" for n in values.numbers]


def _plane(shape: tuple[int, ...]) -> tuple[int, int]:
    """Rows and columns of what is shown: the last two dimensions; a vector is a row."""
    height, width = (1, 1, *shape)[-2:]
    return height, width
