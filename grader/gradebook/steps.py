"""The steps from what an attempt earned to its points: lateness, changes by hand, scale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from grader.gradebook.amounts import hundredths, number, signed
from grader.grading.records import Status
from grader.grading.scoring import Grade, StubGrade
from grader.i18n.words import _

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
    """Lines, and their sum in hundredths."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.total = 0

    def add(self, points: int, text: str, short: str = "", kind: Kind = "earned") -> None:
        """Add a line of so many hundredths."""
        self.lines.append(Line(points / 100, text, short, kind))
        self.total += points

    def deduct(
        self, moment: datetime | None, is_late: bool | None, deadline: Deadline | None, maximum: int
    ) -> None:
        """What lateness costs. is_late: the mark of the platform. maximum: in hundredths."""
        if moment is None or deadline is None:
            if is_late:
                self.add(0, _("marked as late, by how much is not known: no deduction"))
        elif deadline.is_past(moment):
            text = _("after {time}, when nothing counts any more: {points}")
            time = deadline.clock.text(deadline.cut_off or moment)
            lost = -self.total
            self.add(lost, text.format(time=time, points=signed(lost)), _("too late"), "late")
        elif moment > deadline.end:
            cost = deadline.deduction(moment, self.total, maximum)
            text = _("{lateness}: {points}") if cost else _("{lateness}: no deduction")
            late = deadline.lateness(moment)
            self.add(-cost, text.format(lateness=late, points=signed(-cost)), _("late"), "late")

    def adjust(self, adjustments: list[Adjustment], grade: Grade | None) -> None:
        """What was given and taken by hand; nothing is taken that is not there."""
        stubs = {stub.name: stub for stub in grade.stubs} if grade else {}
        for number, adjustment in enumerate(adjustments):
            given = hundredths(adjustment.points)
            if adjustment.stub is not None:
                stub = stubs.get(adjustment.stub, StubGrade(adjustment.stub, 0, 0, "missing"))
                before = adjustments[:number]
                given = reached(stub, [*before, adjustment]) - reached(stub, before)
            self._say(adjustment, max(given, -self.total))

    def scale(self, maximum: int, most: int) -> None:
        """Turn points of a maximum into those of another one, both in hundredths."""
        if not maximum or most == maximum:
            return
        scaled = (2 * self.total * most + maximum) // (2 * maximum)
        change = scaled - self.total
        text = _("scaled from {old} to {new} points: {points}")
        text = text.format(old=number(maximum), new=number(most), points=signed(change))
        self.add(change, text, _("scaled"), "scaled")

    def _say(self, adjustment: Adjustment, given: int) -> None:
        """Add what an adjustment gave, and its comment."""
        wanted = hundredths(adjustment.points)
        where = f" ({adjustment.stub})" if adjustment.stub is not None else ""
        if wanted:
            text = _("adjusted: {points}{stub}: {reason}, by {author}")
            points = signed(given)
            if given != wanted:
                points = _("{given} instead of {wanted}").format(
                    given=points, wanted=signed(wanted)
                )
            text = text.format(
                points=points, stub=where, reason=adjustment.reason, author=adjustment.author
            )
            short = _("adjusted: {reason}").format(reason=adjustment.reason)
            self.add(given, text, short, "adjusted")
        if adjustment.comment:
            text = _("comment{stub}: {comment}, by {author}")
            self.add(
                0, text.format(stub=where, comment=adjustment.comment, author=adjustment.author)
            )
