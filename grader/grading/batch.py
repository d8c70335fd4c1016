"""Grading many submissions: one after another or side by side, with progress, and nothing lost."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec
from rich.console import Console
from rich.markup import escape

from grader.course import assignment as assignments
from grader.errors import UsageError
from grader.grading.devices import with_one_device
from grader.grading.pool import Jobs, Task
from grader.grading.records import Record
from grader.grading.scoring import Result, score
from grader.grading.session import open_session
from grader.grading.settings import Settings
from grader.grading.watch import Watch
from grader.sandbox.isolation.probe import choose
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
) -> list[Result]:
    """Grade every upload; the results are in their order. Each is with the keepers as soon as it is
    made, and what has not changed since an earlier run that one of them knows is not run again
    unless `force` is set.

    Ctrl-C ends the run: the results until then are returned.

    Raises UsageError or IsolationUnavailable before the first submission is touched.
    """
    assignment = assignments.load(name, course)
    for keeper in keepers:
        keeper.check_room()
    notes: list[str] = []
    if jobs > 1:
        settings, notes = with_one_device(settings)
    tasks = [
        Task(position, upload, settings, None if force else _earlier(keepers, upload))
        for position, upload in enumerate(uploads)
    ]
    names = dict(zip(uploads, telling_names(uploads)))
    results: dict[int, Result] = {}
    with Watch(console, len(tasks)) as watch:

        def keep(task: Task, record: Record) -> None:
            watch.finished(record, task.earlier)
            record = msgspec.structs.replace(record, submission=names[task.upload])
            result = results[task.position] = Result(record, score(record, assignment))
            for keeper in keepers:
                try:
                    keeper.keep(result)
                except UsageError as error:  # the others are graded, and shown, all the same
                    _say(console, [str(error)])

        try:
            if jobs == 1:
                with open_session(assignment, settings) as session:
                    _say(console, session.notes)
                    watch.begin(
                        _about(name, len(tasks), session.host.device, session.host.level, jobs),
                        lambda: [(names[session.at], session.share)] if session.at else [],
                    )
                    for task in tasks:
                        keep(task, session.grade(task.upload, task.earlier))
            else:
                _say(console, notes)
                level = choose(settings.level).level
                with Jobs(course, name, jobs) as pool:
                    watch.begin(
                        _about(name, len(tasks), settings.device, level, jobs),
                        lambda: [(names[upload], None) for upload in pool.in_work()],
                    )
                    for task, record in pool.grade(tasks):
                        _say(console, pool.notes)
                        pool.notes = []
                        keep(task, record)
        except KeyboardInterrupt:
            pass  # whoever asked sees that results are missing
    return [results[position] for position in sorted(results)]


def _earlier(keepers: Sequence[Keeper], upload: Upload) -> Record | None:
    found = (keeper.earlier(upload) for keeper in keepers)
    return next((record for record in found if record is not None), None)


def _about(name: str, count: int, device: str, level: str, jobs: int) -> str:
    many, side_by_side = "s" * (count != 1), f"{jobs} jobs" if jobs > 1 else "1 job"
    return f"{name}: {count} submission{many}, {device}, isolation {level}, {side_by_side}"


def _say(console: Console, notes: list[str]) -> None:
    for note in notes:
        console.print(f"[yellow]note:[/yellow] {escape(note)}", highlight=False)


def default_jobs(count: int) -> int:
    """As many jobs as there are processor cores, if each has at least four submissions to grade."""
    return max(1, min(cores(), count // 4))


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
