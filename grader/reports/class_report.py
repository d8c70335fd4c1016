"""A class on a terminal: a line for each person, what they have in common, whom to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader.grading.scoring import Result
from grader.reports.attention import by_name, concerns, who
from grader.reports.class_figures import lost_stubs, mistakes, points
from grader.reports.notes import CommonNote, common_notes, own_notes
from grader.reports.text import number, one_line

NARROW = 60  # columns of a terminal on which there is no room for notes


def class_report(results: Sequence[Result], width: int, place: str = "") -> RenderableType:
    """The results of several submissions of one assignment, for a terminal of this width. place:
    the file where all are named who need a look; "" if there is none."""
    common = common_notes(results)
    lines = [totals(results), *map(_shared, common)]
    look = [f"  {concern.line(place)}" for concern in concerns(results)]
    if look:
        lines += ["", "To look at", *look]
    return Group(_people(results, common, width), Text(""), *map(Text, lines))


def totals(results: Sequence[Result]) -> str:
    """Mean and median of those who were graded, and how many were not, on one line."""
    statuses = Counter(result.record.status for result in results)
    graded = [result.grade.score for result in results if result.record.status == "graded"]
    parts = [f"{len(graded)} graded"]
    if figures := points(graded):
        of = number(results[0].grade.max_score)
        middle = f"mean {number(figures.mean)}, median {number(figures.median)}"
        parts = [f"{parts[0]}: {middle} of {of}"]
    missing = len(results) - len(graded)
    if missing:
        reasons = [
            f"{count} {status.replace('_', ' ')}"
            for status, count in sorted(statuses.items())
            if status != "graded"
        ]
        parts.append(f"{missing} not: {', '.join(reasons)}")
    return "; ".join(parts)


def _people(results: Sequence[Result], common: Sequence[CommonNote], width: int) -> Table:
    """One line for each submission, by the name; what does not fit ends in dots."""
    rows = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    rows.add_column("name", no_wrap=True, max_width=width * 2 // 5)
    rows.add_column(f"of {number(results[0].grade.max_score)}", justify="right", no_wrap=True)
    rows.add_column(Text("lost points in", no_wrap=True))
    if width >= NARROW:
        rows.add_column("note")
    for result in sorted(results, key=lambda result: by_name(who(result.record))):
        cells = [who(result.record), _score(result), _lost(result), _note(result, common)]
        texts = [Text(cell, no_wrap=True, overflow="ellipsis") for cell in cells]
        rows.add_row(*texts[: len(rows.columns)])
    return rows


def _score(result: Result) -> str:
    """A failure of the machine is no zero."""
    failed = result.record.status == "infrastructure_error"
    return "-" if failed else number(result.grade.score)


def _lost(result: Result) -> str:
    if result.record.status != "graded":
        return result.record.status.replace("_", " ")
    lost = lost_stubs(result)
    return "every stub" if len(lost) == len(result.grade.stubs) > 1 else ", ".join(lost)


def _note(result: Result, common: Sequence[CommonNote]) -> str:
    """What explains the loss: known mistakes, time-outs, notes; or why nothing was graded."""
    notes = own_notes(result, common)
    if result.record.status == "not_attempted":
        return ""
    if result.record.status != "graded":
        return one_line(notes[0]) if notes else ""
    named = mistakes([result])
    is_slow = any(check.outcome == "timeout" for check in result.record.checks)
    parts = [_count(len(named), "known mistake")] if named else []
    parts += ["no answer in time"] if is_slow else []
    parts += [_count(len(notes), "note")] if notes else []
    return ", ".join(parts)


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _shared(note: CommonNote) -> str:
    return f"{note.count} of {note.of} have this note, such as: {one_line(note.sample)}"
