"""This machine: a session of this process, or several jobs side by side."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from grader.course import assignment as assignments
from grader.errors import UsageError
from grader.grading.compiled import compiled
from grader.grading.devices import with_one_device
from grader.grading.engines import Engine, Run
from grader.grading.jobs import Jobs, forked, preload
from grader.grading.records import Record
from grader.grading.tasks import Course, Task
from grader.sandbox.isolation.probe import choose
from grader.submissions.uploads import Upload

if TYPE_CHECKING:  # it imports torch
    from grader.grading.session import Session

T = TypeVar("T")


def engine(run: Run) -> Engine:
    """One job is this process, which shows how far a submission is; more are processes."""
    if run.scheduler:
        raise UsageError("--scheduler needs --engine dask: the local engine has no scheduler.")
    jobs = run.jobs or default_jobs(run.count)
    return Here(run) if jobs == 1 else SideBySide(run, jobs)


def default_jobs(count: int) -> int:
    """As many jobs as there are processor cores, if each has at least four submissions to grade."""
    return max(1, min(cores(), count // 4))


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


class _AtOnce(Executor):
    """Calls what is submitted, before `submit` returns."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))  # what it raises ends the run
        return future


class Here(Engine):
    """One session, in this process."""

    room = 1
    session: Session

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.executor = _AtOnce()
        self._opened = ExitStack()

    def __enter__(self) -> Here:
        from grader.grading.session import open_session  # and torch, which only who grades needs

        assignment = assignments.load(self.run.name, self.run.course)
        folder = self._opened.enter_context(compiled(assignment))
        self.session = self._opened.enter_context(open_session(assignment, self.settings, folder))
        self.note(*self.session.notes)
        return self

    def __exit__(self, *error: object) -> None:
        self._opened.close()

    @property
    def where(self) -> str:
        return f"{self.session.host.device}, isolation {self.session.host.level}, 1 job"

    def in_work(self) -> list[tuple[Upload, float | None]]:
        return [(self.session.at, self.session.share)] if self.session.at else []

    def grade(self, task: Task) -> Record:
        self.session.watcher = self.run.watcher_of(task)
        return task.run(self.session)


class SideBySide(Engine):
    """Jobs: processes, each with a session for the settings of the task that it is at."""

    jobs: Jobs

    def __init__(self, run: Run, count: int) -> None:
        super().__init__(run)
        self.count = count
        self.executor: ThreadPoolExecutor = ThreadPoolExecutor(count)  # a thread for each job
        self._opened = ExitStack()

    @property
    def room(self) -> int:
        return self.count

    @property
    def where(self) -> str:
        level = choose(self.settings.level).level
        return f"{self.settings.device}, isolation {level}, {self.count} jobs"

    def __enter__(self) -> SideBySide:
        self.settings, notes = with_one_device(self.settings)
        self.note(*notes)
        assignment = assignments.load(self.run.name, self.run.course)
        preload(assignment)
        folder = self._opened.enter_context(compiled(assignment))
        start = partial(forked, Course(self.run.course, self.run.name), folder)
        self.jobs = Jobs(start, self.run.name)
        return self

    def __exit__(self, *error: object) -> None:
        self.executor.shutdown(wait=False, cancel_futures=True)
        self.jobs.end()
        self.executor.shutdown()
        self._opened.close()

    def next_of(self, tasks: deque[Task]) -> Task:
        """The first one that a free job has a session for; opening another takes it seconds."""
        ready = self.jobs.ready_for()
        task = next((task for task in tasks if task.settings in ready), tasks[0])
        tasks.remove(task)
        return task

    def grade(self, task: Task) -> Record:
        answer = self.jobs.grade(task, self.run.watcher_of(task))
        self.note(*answer.notes)
        return answer.record
