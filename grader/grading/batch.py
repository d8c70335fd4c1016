"""Grading many submissions: one after another or side by side, with progress, and nothing lost."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Task as TaskOfRich
from rich.text import Text

from grader.course import assignment as assignments
from grader.errors import UsageError
from grader.grading.engines import LOCAL, Run, engine_of, graded
from grader.grading.records import Record
from grader.grading.scoring import Result, score
from grader.grading.session import Session
from grader.grading.settings import Settings
from grader.grading.tasks import Task
from grader.sandbox.inside.protocol import well_formed
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
) -> list[Result]:
    """Grade every upload; the results are in their order. Each is with the keepers as soon as it is
    made, and what has not changed since an earlier run that one of them knows is not run again
    unless `force` is set. jobs, engine, scheduler: where it is graded (grading/engines).

    Ctrl-C ends the run: the results until then are returned.

    Raises UsageError or IsolationUnavailable before the first submission is touched.
    """
    assignment = assignments.load(name, course)
    for keeper in keepers:
        keeper.check_room()
    known = [] if force else keepers
    run = Run(course, name, settings, len(uploads), jobs, scheduler)
    names = telling_names([upload.path for upload in uploads])
    results: dict[int, Result] = {}
    with _Bar(console, len(uploads)) as bar:

        def keep(task: Task, record: Record) -> None:
            name = names.get(task.upload.path, record.submission)
            record = msgspec.structs.replace(record, submission=name)
            result = results[task.position] = Result(record, score(record, assignment))
            for keeper in keepers:
                try:
                    keeper.keep(result)
                except UsageError as error:  # the others are graded, and shown, all the same
                    _say(console, deque([str(error)]))
            bar.finished(record)

        try:
            with engine_of(engine, run) as here:
                bar.current.session = here.session
                _say(console, here.notes)
                tasks = deque(
                    Task(position, upload, here.settings, _earlier(known, upload))
                    for position, upload in enumerate(uploads)
                )
                for task, record in graded(here, tasks):
                    _say(console, here.notes)
                    keep(task, record)
        except KeyboardInterrupt:
            console.print(
                f"[yellow]interrupted:[/yellow] {len(results)} of {len(uploads)} were graded"
            )
    return [results[position] for position in sorted(results)]


def _earlier(keepers: Sequence[Keeper], upload: Upload) -> Record | None:
    found = (keeper.earlier(upload) for keeper in keepers)
    return next((record for record in found if record is not None), None)


def _say(console: Console, notes: deque[str]) -> None:
    while notes:
        text = escape(notes.popleft())
        console.print(f"[yellow]note:[/yellow] {text}", highlight=False)


class _Current(ProgressColumn):
    """The submission that is being graded, and how much of it is done."""

    def __init__(self) -> None:
        super().__init__()
        self.session: Session | None = None

    def render(self, task: TaskOfRich) -> Text:
        if self.session is None:
            return Text(task.description)
        return Text(f"{well_formed(self.session.at)} {self.session.share:.0%}")


class _Bar:
    """Live progress: done, failed, rate, time left."""

    def __init__(self, console: Console, count: int) -> None:
        self.failed = 0
        self.done = 0
        self.started = time.monotonic()
        self.current = _Current()
        self.progress = Progress(
            self.current,
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}", markup=False),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self.task = self.progress.add_task("", total=count, rate="")

    def __enter__(self) -> _Bar:
        self.progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.progress.stop()

    def finished(self, record: Record) -> None:
        """A submission has its record."""
        self.done += 1
        self.failed += record.status != "graded"
        rate = 60 * self.done / (time.monotonic() - self.started)
        self.progress.update(
            self.task,
            description=record.submission,
            completed=self.done,
            rate=f"{rate:.0f} a minute, {self.failed} not graded",
        )
