"""The engines of ``grader grade --engine NAME``: each module of this folder is one.

A module has ``engine(run) -> Engine``. An engine is where submissions are graded: it gives a
`concurrent.futures.Executor`, to which `graded` submits tasks and takes their records as they come.
Another package brings one with an entry point of the group ``grader.engines``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course.plugins import Plugins

if TYPE_CHECKING:  # the names of engines are asked for by every command
    from grader.checking.live import Watcher
    from grader.checking.results import Curve
    from grader.grading.records import Record
    from grader.grading.settings import Settings
    from grader.grading.tasks import Task
    from grader.submissions.uploads import Upload

LOCAL = "local"


@dataclass(frozen=True)
class Run:
    """What an engine is asked for: the assignment, how to grade it, about how many submissions.

    jobs: how many to grade side by side; 0 leaves it to the engine. scheduler: the address of one
    that gives the work to other machines; "" where none is named. watcher: is told the position of
    a task, a check and its curve while a training runs, from any thread.
    """

    course: Path
    name: str
    settings: Settings
    count: int
    jobs: int = 0
    scheduler: str = ""
    watcher: Callable[[int, str, Curve], None] | None = None

    def watcher_of(self, task: Task) -> Watcher | None:
        """Who is told of the trainings of one task."""
        return partial(self.watcher, task.position) if self.watcher else None


class Engine(AbstractContextManager["Engine"], ABC):
    """Where submissions are graded. Entering it raises UsageError or InfrastructureError where
    nothing can be graded; leaving it ends all that it has started, whatever it is at.

    executor: calls `grade`. settings: those of the run, as its tasks should have them. notes: what
    the run should know, in words; whoever says them takes them away. submitted: the tasks that have
    no record yet.
    """

    executor: Executor

    def __init__(self, run: Run) -> None:
        self.run = run
        self.settings = run.settings
        self.notes: deque[str] = deque()
        self.submitted: dict[Future[Record], Task] = {}
        self._noted: set[str] = set()

    def note(self, *texts: str) -> None:
        """Add to the notes what has not been noted before."""
        new = [text for text in texts if text not in self._noted]
        self._noted.update(new)
        self.notes += new

    @property
    @abstractmethod
    def room(self) -> int:
        """How many tasks to submit at once: enough that nobody waits for the next one."""

    @property
    @abstractmethod
    def where(self) -> str:
        """Where and how it grades, in words for whoever watches."""

    def in_work(self) -> list[tuple[Upload, float | None]]:
        """What is being graded now, with the share that is done (0 to 1) where it is known. May be
        asked from another thread."""
        return [(task.upload, None) for one, task in [*self.submitted.items()] if one.running()]

    def next_of(self, tasks: deque[Task]) -> Task:
        """Take the task that is best submitted now."""
        return tasks.popleft()

    @abstractmethod
    def grade(self, task: Task) -> Record:
        """Grade one task; returns when it is done. Raises what ends the run: what opening a session
        raises, and InfrastructureError."""


ENGINES = Plugins(__name__, __path__, "grader.engines", "engine")
names = ENGINES.names


def engine_of(name: str, run: Run) -> Engine:
    """The engine of this name, which is to be entered. Raises UsageError."""
    found: Engine = ENGINES.load(name).engine(run)
    return found


def graded(engine: Engine, tasks: deque[Task]) -> Iterator[tuple[Task, Record]]:
    """Each task with its record, as they come; more tasks may be added meanwhile."""
    submitted = engine.submitted
    while tasks or submitted:
        while tasks and len(submitted) < engine.room:
            task = engine.next_of(tasks)
            submitted[engine.executor.submit(engine.grade, task)] = task
        for future in wait(submitted, return_when=FIRST_COMPLETED).done:
            yield submitted.pop(future), future.result()
