"""What a student is told about a stub: each reason once, what came back, and the own lines beside
it. Pages, notebooks and terminals show the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from grader.grading.scoring import Result, StubGrade
from grader.i18n.words import _
from grader.reports.grids import Grid, grids
from grader.reports.pages.work import Code
from grader.reports.reasons import Reason, reasons
from grader.reports.text import in_words

WIDTH = 200  # characters of a line of code, and of the name of a value, that are shown
# A line of the student's own in a message: "ada.py, line 14, in softmax: return X / 0".
TRACE = re.compile(r".+, line \d+, in .+?: .*")


@dataclass(frozen=True)
class Extent:
    """How much is told of a stub at most: so many reasons, lines of code, and rows and columns of
    values."""

    reasons: int
    lines: int
    values: int


FULL = Extent(reasons=8, lines=120, values=16)


@dataclass(frozen=True)
class Line:
    """A line of the student's code. is_named: a message is about it."""

    number: int
    text: str
    is_named: bool


@dataclass(frozen=True)
class Detail:
    """What was seen, in one line. is_code: it quotes a line of the student's."""

    text: str
    is_code: bool


@dataclass(frozen=True)
class Told:
    """One reason why checks of a stub fail. cause: what is wrong, or what to do. called: how the
    values are called that it is about. grids: what came back, and what was demanded; None where
    that is not known."""

    cause: str
    details: list[Detail]
    called: str = ""
    grids: tuple[Grid, Grid | None] | None = None


@dataclass(frozen=True)
class Feedback:
    """All that is told about one stub. checks, passed: how many checks there are, and how many of
    them pass. more: reasons that are not told. lines: the student's own; more_lines: those that are
    not shown."""

    grade: StubGrade
    checks: int
    passed: int
    told: list[Told]
    more: int
    place: str
    lines: list[Line]
    more_lines: int

    @property
    def name(self) -> str:
        return self.grade.name

    @property
    def is_good(self) -> bool:
        """Whether nothing is to be said about it."""
        return self.grade.status == "passed" and self.grade.points >= self.grade.max_points


def feedback(
    result: Result, stub: StubGrade, code: Code | None = None, extent: Extent = FULL
) -> Feedback:
    """What the record says about a stub."""
    checks = [check for check in result.record.checks if check.stub == stub.name]
    found = reasons(checks)
    place = code.place if code else result.record.places.get(stub.name, "")
    lines = _lines(code, [check.message for check in checks]) if code else []
    return Feedback(
        stub,
        len(checks),
        sum(check.outcome == "passed" for check in checks),
        [_told(reason, stub, extent) for reason in found[: extent.reasons]],
        max(0, len(found) - extent.reasons),
        in_words(place),
        lines[: extent.lines],
        max(0, len(lines) - extent.lines),
    )


def _told(reason: Reason, stub: StubGrade, extent: Extent) -> Told:
    cause, *lines = reason.text.split("\n")
    details = [Detail(in_words(line), TRACE.fullmatch(line) is not None) for line in lines]
    compared = reason.telling.compared if extent.values else None
    if compared is None:
        return Told(in_words(cause), details)
    if reason.telling.visibility != "visible":
        compared = replace(compared, expected=None)  # it is told nobody
    called = stub.name if compared.what in ("it", _("it")) else in_words(compared.what[:WIDTH])
    return Told(in_words(cause), details, called, grids(compared, extent.values))


def _lines(code: Code, messages: Sequence[str]) -> list[Line]:
    """The lines of a stub; those that a message names are marked."""
    file = code.place.rpartition(", line ")[0]
    named = re.compile(rf"(?<![\w/.]){re.escape(file)}, line (\d+)\b")
    numbers = {int(number) for message in messages for number in named.findall(message)}
    return [
        Line(number, text if len(text) <= WIDTH else f"{text[:WIDTH]}…", number in numbers)
        for number, text in enumerate(
            code.text.replace("\r\n", "\n").rstrip("\n").split("\n"), code.first_line
        )
    ]
