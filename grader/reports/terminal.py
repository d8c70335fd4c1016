"""Results as tables for a terminal: a `Screen` makes what students wrote printable."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group
from rich.table import Table
from rich.text import Text

from grader.checking.results import CheckResult
from grader.grading.scoring import Result
from grader.i18n.words import _
from grader.reports.reasons import reasons
from grader.reports.text import status

STYLE = {"passed": "green", "failed": "red", "missing": "yellow", "timeout": "magenta"}
MAX_WARNINGS = 5


def table(result: Result, notes: Sequence[str] | None = None) -> Group:
    """Stub, points, and for each stub what failed first and why. notes: those that are shown below;
    None: all."""
    record, grade = result.record, result.grade
    if record.status != "graded":
        heading = Text(f"\n{record.submission}: {status(record.status)}", "bold red")
        return Group(heading, *(Text(f"  {warning}") for warning in record.warnings))
    title = _("{name}: {score} of {max_score}").format(
        name=record.submission, score=f"{grade.score:g}", max_score=f"{grade.max_score:g}"
    )
    data = f" on {record.dataset.name} ({record.dataset.variant})" if record.dataset else ""
    caption = (
        f"{record.assignment}{data}, {record.device}, isolation {record.isolation}, "
        f"{record.seconds:.1f} s"
    )
    rows = Table(
        title=Text(f"\n{title}", "bold"),
        title_justify="left",
        caption=Text(caption, "table.caption"),
        caption_justify="left",
    )
    rows.add_column(_("stub"), no_wrap=True)
    rows.add_column(_("points"), justify="right", no_wrap=True)
    rows.add_column(_("status"), no_wrap=True)
    rows.add_column(_("what failed and why"), overflow="fold")
    for stub in grade.stubs:
        failed = [c for c in record.checks if c.stub == stub.name and c.outcome != "passed"]
        rows.add_row(
            Text(stub.name),
            f"{stub.points:g} / {stub.max_points:g}",
            Text(status(stub.status), style=STYLE.get(stub.status, "red")),
            _reason(failed),
        )
    return Group(rows, *_warnings(record.warnings if notes is None else notes))


def _reason(failed: Sequence[CheckResult]) -> Text:
    """The most telling reason why a stub failed: one that names the mistake, else the first."""
    found = reasons(failed)
    if not found:
        return Text("")
    text = Text(found[0].text)
    more = sum(len(reason.checks) for reason in found[1:])
    if more:
        text.append("\n" + _("(and {count} more checks)").format(count=more), style="dim")
    return text


def _warnings(warnings: Sequence[str]) -> list[Text]:
    texts = [_("note: {note}").format(note=note) for note in warnings[:MAX_WARNINGS]]
    if len(warnings) > MAX_WARNINGS:
        texts.append(_("… and {count} more notes").format(count=len(warnings) - MAX_WARNINGS))
    return [Text(f"  {text}", style="dim") for text in texts]
