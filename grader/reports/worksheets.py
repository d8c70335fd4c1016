"""Grades put into a list that a learning platform has made."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from grader.gradebook.grades import AssignmentGrade
from grader.reports.tables import Table
from grader.reports.text import number

NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def value_of(text: str) -> float | None:
    """The number in a cell, with a point or a comma; None where it is something else."""
    return float(text.replace(",", ".")) if NUMBER.fullmatch(text) else None


def writer(table: Table, *columns: int | None) -> Callable[[float], str]:
    """How the numbers in these columns are written: with a point or a comma, and whether always
    with two decimals."""
    cells = [table.value(line, column) for line in range(1, len(table)) for column in columns]
    numbers = [cell for cell in cells if NUMBER.fullmatch(cell)]
    has_commas = any("," in cell for cell in numbers) and not any("." in cell for cell in numbers)
    is_fixed = bool(numbers) and all(re.search(r"[.,]\d\d$", cell) for cell in numbers)

    def write(points: float) -> str:
        text = f"{points:.2f}" if is_fixed else number(points)
        return text.replace(".", ",") if has_commas else text

    return write


def fill(
    table: Table,
    column: int,
    grades: Mapping[int, AssignmentGrade],
    names: Mapping[int, str],
    maxima: Mapping[int, float | None],
    write: Callable[[float], str],
) -> list[str]:
    """Write grades into a column, scaled where the file has another maximum; what to say about it.

    grades, names: by line. maxima: the file's, by line; None where it tells none. write: how the
    file writes numbers. A cell stays as it is where there is no grade, and where it holds a word,
    such as EX of who is excused.
    """
    kept, above, scales = [], [], set()
    for line, grade in grades.items():
        if grade.points is None:
            continue
        present = table.value(line, column)
        if present not in ("", "-") and value_of(present) is None:
            kept.append(f"{names[line]} ({present})")
            continue
        maximum = maxima.get(line)
        points = grade.points
        if maximum and grade.max_points and maximum != grade.max_points:
            points *= maximum / grade.max_points
            scales.add((grade.max_points, maximum))
        if maximum and points > maximum:
            above.append(f"{names[line]} ({number(points)})")
        table.set(line, column, write(points))
    notes = [f"Scaled from {number(own)} to {number(theirs)} points." for own, theirs in scales]
    if kept:
        notes.append(f"{len(kept)} cells hold a word and stay as they are: {'; '.join(kept)}")
    if above:
        notes.append(f"{len(above)} above the maximum of the file: {'; '.join(above)}")
    return notes
