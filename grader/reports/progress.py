"""What a student sees of the public checks: what is done, what is next, and what is wrong."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group
from rich.text import Text

from grader.grading.scoring import Result
from grader.i18n.words import N_, _
from grader.reports.reasons import reasons
from grader.reports.text import printable

MARKS = {"passed": "✓", "missing": "·", "unchecked": "-"}  # everything else is wrong
WORDS = {
    "passed": N_("passed"),
    "missing": N_("not written yet"),
    "failed": N_("wrong"),
    "error": N_("raised an error"),
    "timeout": N_("takes too long"),
    "unchecked": N_("has no public check"),
}
STYLES = {"passed": "green", "missing": "yellow", "unchecked": "dim"}
COLOURS = {"passed": "green", "missing": "darkorange", "unchecked": "gray"}
MAX_NOTES = 5
ALL_PASS = N_(
    "All public checks pass. The hidden checks ask for the same with other numbers, so compare "
    "your code with the text once more, and hand it in."
)


@dataclass(frozen=True)
class Line:
    """One stub: how it stands, and the messages of its checks that did not pass."""

    stub: str
    status: str  # a key of WORDS
    messages: tuple[str, ...]

    @property
    def mark(self) -> str:
        return MARKS.get(self.status, "✗")


def lines(result: Result, stub: str | None = None) -> list[Line]:
    """A line for each stub in the order of the assignment, or for the one that was asked for."""
    found = []
    for grade in result.grade.stubs:
        if stub in (None, grade.name):
            checks = [check for check in result.record.checks if check.stub == grade.name]
            messages = [reason.text for reason in reasons(checks)]
            status = grade.status if checks else "unchecked"
            found.append(Line(grade.name, status, tuple(dict.fromkeys(messages))))
    return found


def following(found: Sequence[Line]) -> Line | None:
    """The stub to do next: the first that does not pass, for later ones build on it."""
    open_ones = [line for line in found if line.status not in ("passed", "unchecked")]
    return open_ones[0] if open_ones else None


def heading(found: Sequence[Line]) -> str:
    """How many stubs pass, in words."""
    checked = [line for line in found if line.status != "unchecked"]
    passed = sum(line.status == "passed" for line in checked)
    text = _("{passed} of {count} stubs pass their public checks")
    return text.format(passed=passed, count=len(checked))


def advice(line: Line) -> str:
    """What is wrong with a stub that does not pass."""
    return "\n".join(line.messages)


def terminal(result: Result, stub: str | None = None) -> Group:
    """For a terminal."""
    found = lines(result, stub)
    width = max((len(line.stub) for line in found), default=0)
    title = _("{name}: {heading}").format(name=result.record.path, heading=heading(found))
    parts = [Text(title, style="bold")]
    for line in found:
        style = STYLES.get(line.status, "red")
        words = _(WORDS[line.status])
        parts.append(Text(f"  {line.mark} {line.stub:{width}}  {words}", style=style))
    for note in result.record.warnings[:MAX_NOTES]:
        parts.append(Text(_("note: {note}").format(note=note), style="yellow"))
    due = following(found)
    if due is None:
        return Group(*parts, Text(f"\n{_(ALL_PASS)}"))
    place = result.record.places.get(due.stub, "")
    text = _("Next: {stub} ({place})") if place else _("Next: {stub}")
    parts.append(Text("\n" + text.format(stub=due.stub, place=place), style="bold"))
    return Group(*parts, Text(advice(due)))


def as_html(result: Result, stub: str | None = None) -> str:
    """For a notebook; the text of students and checks is escaped."""
    found = lines(result, stub)
    rows = [
        f'<tr style="color: {COLOURS.get(line.status, "crimson")}">'
        f"<td>{line.mark}</td><td><code>{_escaped(line.stub)}</code></td>"
        f'<td style="text-align: left">{_(WORDS[line.status])}</td></tr>'
        for line in found
    ]
    due = following(found)
    parts = [f"<p><b>{heading(found)}</b></p>", f"<table>{''.join(rows)}</table>"]
    if due is None:
        return "".join([*parts, f"<p>{_(ALL_PASS)}</p>"])
    title = _("Next: {stub}").format(stub=f"<code>{_escaped(due.stub)}</code>")
    return "".join([*parts, f"<p><b>{title}</b></p>", f"<pre>{_escaped(advice(due))}</pre>"])


def _escaped(text: str) -> str:
    return html.escape(printable(text))
