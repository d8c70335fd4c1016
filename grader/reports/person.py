"""The work of one person in a terminal: what their page says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.checking.results import CheckResult
from grader.errors import UsageError
from grader.i18n.words import _
from grader.reports import standing
from grader.reports.feedback import Feedback, Told
from grader.reports.grids import Grid
from grader.reports.pages.figures import trainings
from grader.reports.pages.work import Work
from grader.reports.terminal import STYLE
from grader.reports.text import mark, number, status

COLUMNS = 8  # of a table of values
INDENT = (0, 0, 0, 2)  # above, right, below, left


def show(work: Work, title: str, stub: str | None = None) -> RenderableType:
    """The grade and how it came about, and each stub that is not right; or one stub alone, right
    or not. Raises UsageError for a stub that there is not."""
    found = standing.stubs(work)
    parts: list[RenderableType] = [Text(f"{work.person}: {title}", "bold")]
    if stub is not None and found:
        return Group(*parts, *_stub(_named(stub, found)))
    parts += _grade(work)
    if found:
        parts.append(_overview(found))
    for one in found:
        parts += [] if one.is_good else _stub(one)
    if work.result and found:
        parts += _training(work, work.result.record.checks)
        notes = standing.notes(work.result.record, found)
        parts += [Text(""), *(Text(_("note: {note}").format(note=one), "dim") for one in notes)]
    return Group(*parts)


def _named(name: str, found: list[Feedback]) -> Feedback:
    """The stub of this name. Raises UsageError."""
    for one in found:
        if one.name == name:
            return one
    text = _("There is no stub {name!r}; choose one of {names}.")
    raise UsageError(text.format(name=name, names=", ".join(one.name for one in found)))


def _grade(work: Work) -> list[RenderableType]:
    lines = [*standing.explanation(work), *standing.steps(work)]
    return [Text(standing.score(work), "bold"), *(Text(f"  {line}") for line in lines)]


def _overview(found: list[Feedback]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(_("stub"), no_wrap=True, header_style="dim")
    table.add_column(_("points"), no_wrap=True, header_style="dim", justify="right")
    table.add_column(_("status"), no_wrap=True, header_style="dim")
    for one in found:
        name = one.grade.status
        points = f"{number(one.grade.points)} / {number(one.grade.max_points)}"
        words = Text(f"{mark(name)} {status(name)}", STYLE.get(name, "red"))
        table.add_row(Text(one.name), points, words)
    return table


def _stub(one: Feedback) -> Iterator[RenderableType]:
    """A stub: its points, each reason once, and the student's own lines."""
    points = _("{points} of {most} points").format(
        points=number(one.grade.points), most=number(one.grade.max_points)
    )
    place = f" · {one.place}" if one.place else ""
    yield Text.assemble(("\n" + one.name, "bold"), f"  {points}{place}")
    if one.grade.status == "passed" and not one.told:
        yield Padding(Text(_("All its checks pass.")), INDENT)
    for told in one.told:
        yield Padding(Group(*_reason(told)), INDENT)
    if one.more:
        text = _("Further reasons that are not shown: {count}.").format(count=one.more)
        yield Padding(Text(text), INDENT)
    if one.lines:
        yield Padding(Group(*_code(one)), (1, 0, 0, 2))


def _reason(told: Told) -> Iterator[RenderableType]:
    yield Text(told.cause, "bold")
    yield from (Text(detail.text) for detail in told.details)
    if told.grids:
        returned, demanded = told.grids
        yield Text(told.called, "dim")
        yield from _values(_("came back"), returned)
        if demanded:
            yield from _values(_("demanded"), demanded)


def _values(title: str, grid: Grid) -> Iterator[RenderableType]:
    """A few values as a table; of a shape alone, its words."""
    yield Text(f"{title}: {grid.note}", "dim")
    if grid.is_outline or not grid.rows:
        return
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for row in grid.rows:
        more = [Text("…")] if grid.has_more_columns or len(row) > COLUMNS else []
        cells = (Text(cell.text, "bold red" if cell.differs else "") for cell in row[:COLUMNS])
        table.add_row(*cells, *more)
    yield Padding(table, INDENT)
    if grid.has_more_rows:
        yield Padding(Text("…"), INDENT)


def _code(one: Feedback) -> Iterator[RenderableType]:
    """The student's lines with their numbers; what a message names is marked."""
    for line in one.lines:
        sign = ">" if line.is_named else " "
        text = Text(f"{sign} {line.number:4}  {line.text}", "bold" if line.is_named else "dim")
        text.no_wrap, text.overflow = True, "ellipsis"
        yield text
    if one.more_lines:
        yield Text(_("… {count} more lines").format(count=one.more_lines), "dim")


def _training(work: Work, checks: Sequence[CheckResult]) -> Iterator[RenderableType]:
    """The numbers of each curve, and which classes were mixed up."""
    for training in trainings(checks, work.classes):
        for curve in training.curves:
            title = _("{what}, by epoch").format(what=curve.what)
            yield Text(f"\n{title}: {', '.join(row[1] for row in curve.rows)}")
        if training.confusion and training.confusion.most_often:
            yield Text(f"{_('Most often:')} {'; '.join(training.confusion.most_often)}")
