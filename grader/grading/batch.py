"""Grading many submissions: one after another or side by side, with progress, and nothing lost."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec
from rich.console import Console
from rich.markup import escape

from grader.course import assignment as assignments
from grader.errors import UsageError
from grader.grading.engines import LOCAL, Run, engine_of, graded
from grader.grading.live_curves import live_curves
from grader.grading.records import Record
from grader.grading.scoring import Result, score
from grader.grading.settings import Settings
from grader.grading.tasks import Task
from grader.grading.watch import Watch
from grader.submissions.discovery import telling_names
from grader.submissions.uploads import Upload


class Keeper(Protocol):
    """Where the results of an assignment are kept: a folder, a gradebook."""

    def check_room(self) -> None:
        """Raises UsageError where nothing can be written, before anything is graded."""

    def earlier(self, upload: Upload) -> Record | None:
        """What an earlier run saw of this upload."""

    def keep(self, result: Result) -> None:
        """Keep one result, in the place of an earlier one of the same upload. Raises UsageError
        where it cannot be written."""


def grade_all(
    course: Path,
    name: str,
    uploads: Sequence[Upload],
    settings: Settings,
    keepers: Sequence[Keeper],
    console: Console,
    force: bool = False,
    jobs: int = 1,
    engine: str = LOCAL,
    scheduler: str = "",
    watch_by: Sequence[str] = (),
) -> list[Result]:
    """Grade every upload; the results are in their order. Each is with the keepers as soon as it is
    made, and what has not changed since an earlier run that one of them knows is not run again
    unless `force` is set. jobs, engine, scheduler: where it is graded (grading/engines). watch_by:
    backends of the monitor that show the trainings while they run.

    Ctrl-C ends the run: the results until then are returned.

    Raises UsageError or IsolationUnavailable before the first submission is touched.
    """
    assignment = assignments.load(name, course)
    for keeper in keepers:
        keeper.check_room()
    known = [] if force else keepers
    names = dict(zip(uploads, telling_names(uploads)))
    results: dict[int, Result] = {}
    with (
        Watch(console, len(uploads)) as watch,
        live_curves(watch_by, [names[upload] for upload in uploads], console) as live,
    ):
        watcher = live.tell if live else None
        run = Run(course, name, settings, len(uploads), jobs, scheduler, watcher)
        try:
            with engine_of(engine, run) as here:
                _say(console, here.notes)
                many = "s" * (len(uploads) != 1)
                watch.begin(
                    f"{name}: {len(uploads)} submission{many}, {here.where}",
                    lambda: [(names[upload], share) for upload, share in here.in_work()],
                )
                tasks = deque(
                    Task(position, upload, here.settings, _earlier(known, upload))
                    for position, upload in enumerate(uploads)
                )
                for task, record in graded(here, tasks):
                    watch.finished(record, task.earlier)
                    if live:
                        live.end(task.position, record)
                    record = msgspec.structs.replace(record, submission=names[task.upload])
                    result = results[task.position] = Result(record, score(record, assignment))
                    here.notes += _kept(keepers, result)
                    _say(console, here.notes)
        except KeyboardInterrupt:
            pass  # whoever asked sees that results are missing
    return [results[position] for position in sorted(results)]


def _earlier(keepers: Sequence[Keeper], upload: Upload) -> Record | None:
    found = (keeper.earlier(upload) for keeper in keepers)
    return next((record for record in found if record is not None), None)


def _kept(keepers: Sequence[Keeper], result: Result) -> list[str]:
    """Give a result to the keepers; what those say that cannot have it, for the others are graded,
    and shown, all the same."""
    problems = []
    for keeper in keepers:
        try:
            keeper.keep(result)
        except UsageError as error:
            problems.append(str(error))
    return problems


def _say(console: Console, notes: deque[str]) -> None:
    while notes:
        text = escape(notes.popleft())
        console.print(f"[yellow]note:[/yellow] {text}", highlight=False)
