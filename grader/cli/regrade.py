"""``grader regrade``: what today's checks see of what a gradebook has."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from grader.cli.console import (
    INFRASTRUCTURE,
    INTERRUPTED,
    console,
    errors,
    readable_errors,
    say_note,
)
from grader.cli.gradebook import book_at
from grader.cli.interrupts import say_how_to_go_on, two_interrupts
from grader.cli.options import (
    AssignmentArgument,
    CourseOption,
    DataOption,
    DbOption,
    DebugOption,
    Device,
    DeviceOption,
    JobsOption,
    Language,
    LanguageOption,
    Level,
    LevelOption,
    course_of,
)
from grader.reports.text import number

if TYPE_CHECKING:
    from grader.gradebook.regrade import Change, Reason

MOST_REASONS = 3  # checks that a line names


@readable_errors
@two_interrupts()
def regrade(
    assignment: AssignmentArgument,
    people: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PERSON]...",
            help="Names, ids or emails; without any, everybody in the gradebook.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and write nothing.")
    ] = False,
    jobs: JobsOption = 0,
    device: DeviceOption = Device.auto,
    isolation: LevelOption = Level.auto,
    data: DataOption = None,
    lang: LanguageOption = Language.en,
    db: DbOption = None,
    course: CourseOption = Path(),
    debug: DebugOption = False,
) -> None:
    """Grade again what the gradebook has, after a change of checks, and say whose scores change.

    Only checks of the stubs that the change touches are run, and all of them where a training is
    among these. Points and weights need no run at all: scores are computed when they are shown.
    Adjustments, and everything else that was said by hand, stay. The earlier results stay in the
    gradebook, too: `grader gradebook show PERSON` has them.

    Exit codes: 0 done, 2 wrong usage, 3 this machine or the grader failed for somebody, whose
    result is as it was, 130 interrupted.

    [dim]grader regrade softmax_regression --dry-run[/dim]

    [dim]grader regrade softmax_regression "Ada Lovelace"[/dim]
    """
    with book_at(db, course) as book:
        from grader.course import assignment as assignments
        from grader.gradebook.regrade import Regrading
        from grader.grading.batch import grade_all
        from grader.grading.settings import Settings

        folder = course_of(course)
        loaded = assignments.load(assignment, folder)
        members = [book.find(text) for text in people or ()]
        regrading = Regrading(book, loaded, members, dry_run)
        for sentence in regrading.lost:
            say_note(sentence)
        uploads = regrading.uploads
        settings = Settings(device.value, isolation.value, data, lang.value)
        results = grade_all(folder, assignment, uploads, settings, [regrading], errors, jobs=jobs)
    if regrading.changes:
        console.print(_table(assignment, regrading.changes))
    failed = sum(result.record.status == "infrastructure_error" for result in results)
    console.print(Text(_ending(regrading.changes, len(results), failed, dry_run)), soft_wrap=True)
    if len(results) < len(uploads):
        say_how_to_go_on(len(results), len(uploads), not dry_run)
        raise typer.Exit(INTERRUPTED)
    if failed:
        raise typer.Exit(INFRASTRUCTURE)


def _table(assignment: str, changes: Iterable[Change]) -> Table:
    table = Table("name", title=Text(assignment), title_justify="left")
    for heading in ("before", "now", "change"):
        table.add_column(heading, justify="right")
    table.add_column("because of")
    for change in sorted(changes, key=lambda one: (_names(one).casefold(), one.attempt)):
        before, after = change.before.grade, change.after.grade
        table.add_row(
            Text(_names(change)),
            number(before.score),
            number(after.score),
            Text(f"{change.points:+g}", "green" if change.points > 0 else "red"),
            Text(_because(change)),
        )
    return table


def _names(change: Change) -> str:
    return ", ".join(member.name for member in change.members)


def _because(change: Change) -> str:
    before, after = change.before.record, change.after.record
    if before.status != after.status:
        return f"{before.status.replace('_', ' ')} before, now {after.status.replace('_', ' ')}"
    found = list(change.reasons())
    lines = [_line(reason) for reason in found[:MOST_REASONS]]
    if len(found) > MOST_REASONS:
        lines.append(f"and {len(found) - MOST_REASONS} more checks")
    return "\n".join(lines)


def _line(reason: Reason) -> str:
    """Such as "softmax: test_softmax_rows passed, now failed, −1.5"."""
    points = f"{reason.points:+g}"
    if reason.after is None:
        return f"{reason.stub}: {reason.check} is gone, {points}"
    if reason.before is None:
        return f"{reason.stub}: {reason.check} is new, {reason.after}, {points}"
    if reason.before == reason.after:
        return f"{reason.stub}: {reason.check} counts otherwise, {points}"
    return f"{reason.stub}: {reason.check} {reason.before}, now {reason.after}, {points}"


def _ending(changes: list[Change], count: int, failed: int, is_dry: bool) -> str:
    """The sentences below the table."""
    text = f"{len(changes)} of {count} attempts have another score." if changes else ""
    text = text or f"None of {count} attempts has another score."
    if failed:
        text += f" {failed} could not be graded here and are as they were: see the log."
    if is_dry and changes:
        text += " Nothing was written; without --dry-run it is."
    return text
