"""The page of one student: the grade and how it came about, each mistake once, the training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from grader.reports import standing
from grader.reports.feedback import FULL, Extent, Feedback
from grader.reports.pages import figures, look, notebook
from grader.reports.pages.notebook import ShownCell, Unrendered
from grader.reports.pages.work import Work
from grader.reports.text import mark, status

MOST_BYTES = 500_000  # of a page
STYLES = ("block.css", "student.css", "notebook.css")
TONES = {"passed": "good", "missing": "wait", "timeout": "wait"}


class _Size(NamedTuple):
    """How much a page tells. notebook: bytes of its HTML."""

    stub: Extent
    notebook: int


# A page that gets too large is made again and tells less.
SIZES = [
    _Size(FULL, 320_000),
    _Size(Extent(reasons=4, lines=60, values=6), 100_000),
    _Size(Extent(reasons=1, lines=0, values=0), 0),
]


@dataclass(frozen=True)
class CellWithFeedback:
    """A cell of the notebook, and what is told about the stubs in it."""

    kind: str
    html: str
    feedback: list[Feedback]


def render(work: Work, title: str) -> str:
    """The page in HTML, in the language of the moment. title: that of the assignment."""
    for size in SIZES:
        page = _page(work, title, size)
        if len(page.encode()) <= MOST_BYTES:
            break
    return page


def _page(work: Work, title: str, size: _Size) -> str:
    told = standing.stubs(work, size.stub)
    wrong = [one for one in told if not one.is_good]
    cells, left_out = _notebook(work, wrong, size.notebook)
    in_cells = [one for cell in cells for one in cell.feedback]
    record = work.result.record if work.result else None
    is_graded = record is not None and record.status == "graded"
    return look.page(
        "student.html",
        STYLES,
        (),
        title=title,
        person=work.person,
        points=standing.points(work),
        explanation=standing.explanation(work),
        steps=standing.steps(work),
        stubs=told,
        numbers={one.name: number for number, one in enumerate(told, start=1)},
        apart=[one for one in wrong if one not in in_cells],
        in_cells=in_cells,
        good=[one for one in told if one.is_good],
        trainings=figures.trainings(record.checks, work.classes) if record else [],
        pictures=figures.shown(work.pictures),
        notes=standing.notes(record, told) if record and is_graded else [],
        cells=cells,
        left_out=left_out,
        facts=standing.facts(record) if record else [],
        mark=mark,
        status=status,
        tones=TONES,
    )


def _notebook(
    work: Work, wrong: Sequence[Feedback], most: int
) -> tuple[list[CellWithFeedback], list[str]]:
    """The cells of the notebook with what is told about their stubs, and what was left out; none
    where there is no notebook that can be shown."""
    if not work.notebook or not most:
        return [], []
    try:
        found = notebook.shown(work.notebook, most)
    except Unrendered:
        return [], []
    cells = [
        CellWithFeedback(
            cell.kind, cell.html, [one for one in wrong if _stands_in(work, one, cell)]
        )
        for cell in found.cells
    ]
    return cells, found.left_out


def _stands_in(work: Work, one: Feedback, cell: ShownCell) -> bool:
    """Whether a stub is written in this cell; its place may name a cell of another notebook."""
    code = work.code.get(one.name)
    return (
        code is not None
        and notebook.cell_number(code.place) == cell.number
        and code.text.strip().partition("\n")[0] in cell.source
    )
