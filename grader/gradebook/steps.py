"""The steps from what an attempt earned to its points: lateness, changes by hand, scale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from grader.gradebook.amounts import hundredths, number, signed
from grader.grading.records import Status
from grader.grading.scoring import Grade, StubGrade
from grader.i18n.words import N_, _

if TYPE_CHECKING:
    from grader.gradebook.lateness import Deadline

Kind = Literal["earned", "late", "adjusted", "scaled"]


@dataclass(frozen=True)
class Attempt:
    """One submission of a member. number: from 1, in the order of handing in. time: when, with its
    zone. is_late: the mark of the platform. Either is None where nothing says it."""

    id: int
    number: int
    time: datetime | None
    is_late: bool | None
    status: Status
    grade: Grade


@dataclass(frozen=True)
class Adjustment:
    """What a person changed by hand. stub: None for the assignment as a whole. points: added to
    what was earned, may be negative, 0 for a comment alone. comment: for the student."""

    id: int
    stub: str | None
    points: float
    comment: str
    reason: str
    author: str
    time: datetime


@dataclass(frozen=True)
class Line:
    """A step to a grade. points: what it adds, may be negative or 0. text: the whole line for a
    reader, with its points. short: its words in the form on one line; "" where it has none. kind:
    what it comes from."""

    points: float
    text: str
    short: str = ""
    kind: Kind = "earned"


def reached(stub: StubGrade, adjustments: Iterable[Adjustment]) -> int:
    """The points of a stub, in hundredths, after what was given and taken by hand: between 0 and
    its maximum."""
    points = hundredths(stub.points)
    most = max(points, hundredths(stub.max_points))
    for adjustment in adjustments:
        if adjustment.stub == stub.name:
            points = max(0, min(points + hundredths(adjustment.points), most))
    return points


class Steps:
    """What is added to some points, all in hundredths. The words are made when they are wanted: of
    several attempts only one is shown."""

    def __init__(self, start: int = 0) -> None:
        self.total = start
        self._steps: list[tuple[int, str, str, Kind, dict[str, str | int]]] = []

    def add(
        self,
        points: int,
        text: str,
        short: str = "",
        kind: Kind = "earned",
        **values: str | int,
    ) -> None:
        """Add so many hundredths. text and short: sentences to translate, with {points} and the
        values in them, of which whole numbers are hundredths."""
        self._steps.append((points, text, short, kind, values))
        self.total += points

    @property
    def lines(self) -> list[Line]:
        """The steps for a reader."""
        found = []
        for points, text, short, kind, values in self._steps:
            words = {key: number(v) if isinstance(v, int) else v for key, v in values.items()}
            words["points"] = signed(points)
            text, short = _(text).format(**words), _(short).format(**words)
            found.append(Line(points / 100, text, short, kind))
        return found

    def deduct(
        self, moment: datetime | None, is_late: bool | None, deadline: Deadline | None, maximum: int
    ) -> None:
        """What lateness costs. is_late: the mark of the platform. maximum: in hundredths."""
        if moment is None or deadline is None:
            if is_late:
                self.add(0, N_("marked as late, by how much is not known: no deduction"))
        elif deadline.is_past(moment):
            text = N_("after {time}, when nothing counts any more: {points}")
            time = deadline.clock.text(deadline.cut_off or moment)
            self.add(-self.total, text, N_("too late"), "late", time=time)
        elif moment > deadline.end:
            cost = deadline.deduction(moment, self.total, maximum)
            text = N_("{lateness}: {points}") if cost else N_("{lateness}: no deduction")
            self.add(-cost, text, N_("late"), "late", lateness=deadline.lateness(moment))

    def adjust(self, adjustments: list[Adjustment], grade: Grade | None) -> None:
        """What was given and taken by hand; nothing is taken that is not there."""
        stubs = {stub.name: stub for stub in grade.stubs} if grade else {}
        for position, adjustment in enumerate(adjustments):
            given = hundredths(adjustment.points)
            if adjustment.stub is not None:
                stub = stubs.get(adjustment.stub, StubGrade(adjustment.stub, 0, 0, "missing"))
                before = adjustments[:position]
                given = reached(stub, [*before, adjustment]) - reached(stub, before)
            self._say(adjustment, max(given, -self.total))

    def scale(self, maximum: int, most: int) -> None:
        """Turn points of a maximum into those of another one, both in hundredths."""
        if maximum and most != maximum:
            scaled = (2 * self.total * most + maximum) // (2 * maximum)
            text = N_("scaled from {old} to {new} points: {points}")
            change = scaled - self.total
            self.add(change, text, N_("scaled"), "scaled", old=maximum, new=most)

    def _say(self, adjustment: Adjustment, given: int) -> None:
        """Add what an adjustment gave, and its comment."""
        wanted = hundredths(adjustment.points)
        values = {
            "stub": f" ({adjustment.stub})" if adjustment.stub is not None else "",
            "reason": adjustment.reason,
            "comment": adjustment.comment,
            "author": adjustment.author,
        }
        if given != wanted:
            text = N_("adjusted: {points} instead of {wanted}{stub}: {reason}, by {author}")
            self.add(
                given, text, N_("adjusted: {reason}"), "adjusted", wanted=signed(wanted), **values
            )
        elif wanted:
            text = N_("adjusted: {points}{stub}: {reason}, by {author}")
            self.add(given, text, N_("adjusted: {reason}"), "adjusted", **values)
        if adjustment.comment:
            self.add(0, N_("comment{stub}: {comment}, by {author}"), "", "adjusted", **values)
