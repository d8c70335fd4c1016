"""What both formats become before it is written: pieces of the text, and tests."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.course.importing.notebook import Cell


@dataclass(frozen=True)
class Note:
    """Something that needs a hand. where: the cell, or "". order: how the list is sorted."""

    where: str
    what: str
    todo: str
    order: tuple[bool, str, int] = (True, "", 0)  # what is of no cell comes last


def counted(points: float) -> str:
    """Points in words: "1 point", "1.5 points"."""
    return f"{points:g} point" + ("" if points == 1 else "s")


@dataclass
class Piece:
    """A cell of the new solution.

    written: students write all of it, or what its marks say; otherwise it is given to them.
    graded: False where a person graded what is written there.
    """

    cell: Cell
    source: str
    written: bool = False
    graded: bool = True

    @property
    def is_text(self) -> bool:
        return self.cell.kind == "markdown"


@dataclass
class Test:
    """A test of theirs.

    label: what it was called. source: Python; `shown` is the part that students could read, None
    where that is all of it or, if `hidden`, nothing. points: None where nothing was said.
    group: the question that it belongs to. output: what its last expression was, as text; None
    where it is not compared. sentence: what a student was told. after: how many pieces stand before
    it.
    """

    cell: Cell
    label: str
    source: str
    after: int
    shown: str | None = None
    hidden: bool = False
    points: float | None = None
    group: str = ""
    output: str | None = None
    sentence: str = ""


@dataclass
class Draft:
    """An assignment of theirs: its cells in their order, its tests, and what needs a hand."""

    pieces: list[Piece] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def note(self, cell: Cell | None, what: str, todo: str) -> None:
        if cell:
            self.notes.append(Note(cell.place, what, todo, (False, cell.file, cell.number)))
        else:
            self.notes.append(Note("", what, todo))

    def give(self, cell: Cell, source: str | None = None) -> None:
        """A cell that students get as it is."""
        self.pieces.append(Piece(cell, cell.source if source is None else source))
        if cell.magics:
            lines = ", ".join(f"`{line}`" for line in cell.magics)
            self.note(
                cell,
                f"a line for IPython: {lines}",
                "It is a comment now, and a magic again in the notebook. Nothing of it is run when "
                "a submission is graded: what stubs need of it has to be written in Python.",
            )
