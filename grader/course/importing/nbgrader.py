"""A source notebook of nbgrader.

The metadata of a cell says what it is: `solution` is written by students, `grade` has points and is
a test unless it is a solution as well (then a person graded it), `task` is a text to which students
add cells of their own, graded by a person. `### BEGIN HIDDEN TESTS` in a test is what students did
not see.
"""

from __future__ import annotations

import re
from typing import Any

from grader.course.importing.draft import Draft, Piece, Test, counted
from grader.course.importing.notebook import Cell, is_python
from grader.errors import UsageError

_HIDDEN = re.compile(r"^[ \t]*#+[^\S\n]*(BEGIN|END) HIDDEN TESTS?.*$", re.MULTILINE)


def is_one(cells: list[Cell]) -> bool:
    """Whether some cell has metadata of nbgrader."""
    return any("nbgrader" in cell.metadata for cell in cells)


def draft(cells: list[Cell]) -> Draft:
    """What a source notebook says. Raises UsageError where it says nothing that can be graded."""
    found = Draft()
    for cell in cells:
        _take(found, cell)
    return found


def _take(draft: Draft, cell: Cell) -> None:
    said = cell.metadata.get("nbgrader")
    said = said if isinstance(said, dict) else {}
    cell.id = str(said.get("grade_id") or cell.id)
    points = number(said.get("points"), cell)
    if said.get("task") or (said.get("solution") and said.get("grade")):
        _take_manual(draft, cell, points or 0.0, is_task=bool(said.get("task")))
    elif said.get("solution") and cell.kind == "code":
        draft.pieces.append(Piece(cell, cell.source, written=True))
    elif said.get("grade") and cell.kind == "code":
        _take_test(draft, cell, points or 0.0)
    elif cell.kind == "raw":
        draft.note(cell, "a raw cell", "It was left out; write it as text if students need it.")
    elif said.get("solution"):
        _leave_answer(draft, cell, "a text that students write, without points")
    else:
        draft.give(cell)


def _take_manual(draft: Draft, cell: Cell, points: float, is_task: bool) -> None:
    """What a person graded: code stays in the text, the model answer does not."""
    worth = f"graded by a person ({counted(points)})"
    if is_task:
        draft.pieces.append(Piece(cell, cell.source.split("=== BEGIN MARK SCHEME ===")[0]))
        draft.note(cell, f"a task, {worth}", _BY_HAND)
    elif cell.kind == "code":
        draft.pieces.append(Piece(cell, cell.source, written=True, graded=False))
        draft.note(cell, f"code that was {worth}", f"{_BY_HAND} Or write a check for it.")
    else:
        _leave_answer(draft, cell, f"a text answer, {worth}")


_BY_HAND = (
    "Its points are not in assignment.toml. Keep grading it by hand: `grader adjust` gives points "
    "for it."
)


def _leave_answer(draft: Draft, cell: Cell, what: str) -> None:
    text = "*Write your answer here.*"
    draft.pieces.append(Piece(cell, text))
    draft.note(cell, what, f"The model answer was left out. {_BY_HAND}")


def _take_test(draft: Draft, cell: Cell, points: float) -> None:
    marks = _HIDDEN.findall(cell.source)
    if marks != ["BEGIN", "END"] * (len(marks) // 2):
        raise UsageError(f"{cell.place}: BEGIN HIDDEN TESTS and END HIDDEN TESTS do not fit.")
    parts = re.split(_HIDDEN.pattern, cell.source, flags=re.MULTILINE)
    shown = "\n".join(part.strip("\n") for part in parts[0::4])  # the groups come in between
    if marks and not is_python(shown):
        shown = ""  # a hidden stretch inside a function: the whole test is hidden
    test = Test(cell, cell.id, _HIDDEN.sub("", cell.source), len(draft.pieces), points=points)
    if marks and shown.strip():
        test.shown = shown
    test.hidden = bool(marks) and test.shown is None
    draft.tests.append(test)


def number(value: Any, cell: Cell) -> float | None:
    """Points as they are written in metadata; UsageError for what is no number."""
    if value is None or value == "":
        return None
    try:
        points = float(value)
    except (TypeError, ValueError):
        points = -1.0
    if not 0 <= points < 1e6:
        raise UsageError(f"{cell.place}: {value!r} is no number of points.")
    return points
