"""Grading side by side: each job is a process with a session of its own, fed one upload at a time.
A session has one device and data set: where tasks ask for several, jobs end and others begin.

A job that is lost (the machine killed it) costs its upload a second attempt elsewhere, then a
record that says so; the others go on.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from grader.course import assignment as assignments
from grader.errors import GraderError, InfrastructureError
from grader.grading import log
from grader.grading.records import Record
from grader.grading.session import ATTEMPTS, open_session
from grader.grading.settings import WHOLE, Part, Settings
from grader.sandbox.host import imports_for
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.discovery import name_of
from grader.submissions.uploads import Upload

END_SECONDS = 5.0  # that a job may take to end its box

# Forks the jobs: it has imported torch once for all of them, and done nothing else.
_SERVER = multiprocessing.get_context("forkserver")


@dataclass
class Task:
    """One upload: its place in the order, how to grade it, what an earlier run saw of it, and what
    is run."""

    position: int
    upload: Upload
    settings: Settings
    earlier: Record | None = None
    part: Part = WHOLE
    attempts: int = 0


@dataclass
class Job:
    """A process that grades, whether its session is open, and what it is at."""

    process: BaseProcess
    connection: Connection
    settings: Settings
    ready: bool = False
    task: Task | None = None


@dataclass
class Jobs:
    """The jobs of one assignment. A context manager: leaving it ends them."""

    course: Path
    name: str
    count: int
    notes: list[str] = field(default_factory=list)  # of a session
    running: dict[Connection, Job] = field(default_factory=dict)
    waiting: dict[Settings, deque[Task]] = field(default_factory=dict)

    def __enter__(self) -> Jobs:
        return self

    def __exit__(self, *error: object) -> None:
        for job in self.running.values():
            job.connection.close()  # one that is free ends at that
            if job.task is not None or not job.ready:
                job.process.terminate()
        for job in self.running.values():
            job.process.join(END_SECONDS)  # until it has removed what its box left on the disk
            job.process.kill()
            job.process.join()

    def in_work(self) -> list[Upload]:
        """What is being graded at the moment; may be asked from another thread."""
        return [task.upload for job in list(self.running.values()) if (task := job.task)]

    def add(self, tasks: Sequence[Task]) -> None:
        """More to grade, also while others are graded: before those that wait."""
        for task in reversed(tasks):
            self.waiting.setdefault(task.settings, deque()).appendleft(task)

    def grade(self, tasks: Sequence[Task] = ()) -> Iterator[tuple[Task, Record]]:
        """Each task with its record, as they come.

        Raises what a session raises before its first submission: UsageError, IsolationUnavailable.
        """
        self.add(tasks)
        checks = assignments.load(self.name, self.course).checks
        _SERVER.set_forkserver_preload([*imports_for(checks), "grader.checking.preloaded"])
        self._arrange()
        while any(self.waiting.values()) or any(job.task for job in self.running.values()):
            for connection in wait(list(self.running)):
                assert isinstance(connection, Connection)
                yield from self._hear(self.running[connection])
            self._arrange()

    def _hear(self, job: Job) -> Iterator[tuple[Task, Record]]:
        """What a job says or that it is lost: at most one task with its record."""
        done, job.task = job.task, None
        try:
            answer = job.connection.recv()
        except (EOFError, OSError):
            answer = self._handle_crash(job, done)
        else:
            job.ready = True
            self._dispatch(job)  # it works while the record is looked at
        if isinstance(answer, GraderError):
            raise answer
        if isinstance(answer, list):
            self.notes = answer
        elif done is not None and answer is not None:
            yield done, answer

    def _dispatch(self, job: Job) -> None:
        """Give a free job its next task, if one waits for it."""
        tasks = self.waiting[job.settings]
        if tasks:
            job.task = tasks.popleft()
            with contextlib.suppress(OSError):  # a lost job is met when it should answer
                job.connection.send(job.task)

    def _arrange(self) -> None:
        """Give tasks to the jobs that are free; where tasks wait that none of them can do, end them
        and start others, each for the settings that the fewest jobs are at."""
        for job in list(self.running.values()):
            if job.ready and job.task is None:
                self._dispatch(job)
                if job.task is None and any(self.waiting.values()):
                    job.connection.close()
                    job.process.join()
                    del self.running[job.connection]
        while len(self.running) < self.count:
            jobs = list(self.running.values())
            at = Counter(job.settings for job in jobs)
            starting = Counter(job.settings for job in jobs if not job.ready)
            wanted = [one for one, tasks in self.waiting.items() if len(tasks) > starting[one]]
            if not wanted:
                return
            self._start(min(wanted, key=lambda one: at[one]))

    def _handle_crash(self, job: Job, task: Task | None) -> Record | None:
        """A job has ended before its time: its task waits again, or has this record."""
        del self.running[job.connection]
        job.process.join()
        if task is None and job.ready:
            return None
        if task is None:
            raise InfrastructureError(
                f"a grading process ended before its first submission (exit code"
                f" {job.process.exitcode}); is there memory for {self.count} jobs?"
            )
        task.attempts += 1
        if task.attempts < ATTEMPTS:
            self.add([task])
            return None
        problem = f"the grader failed, not the submission: its process ended {ATTEMPTS} times"
        return Record(
            submission=name_of(task.upload.path),
            assignment=self.name,
            status="infrastructure_error",
            isolation=None,
            device=task.settings.device,
            dataset=None,
            checks=[],
            warnings=[problem],
            output="",
            seconds=0.0,
            environment={},
            digests={},
            path=well_formed(str(task.upload.path)),
            origin=task.upload.origin,
        )

    def _start(self, settings: Settings) -> None:
        ours, theirs = multiprocessing.Pipe()
        process = _SERVER.Process(
            target=_work,
            args=(theirs, self.course, self.name, settings, log.is_shown()),
            daemon=True,
        )
        process.start()
        theirs.close()
        self.running[ours] = Job(process, ours, settings)


def _work(connection: Connection, course: Path, name: str, settings: Settings, debug: bool) -> None:
    """The process of a job: a session that answers tasks with records until nobody asks."""
    log.start(debug)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who gave the tasks
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # and ends this one as it would there

    try:
        with open_session(assignments.load(name, course), settings) as session:
            connection.send(session.notes)  # ready
            while True:
                task: Task = connection.recv()
                connection.send(session.grade(task.upload, task.earlier, task.part))
    except GraderError as error:
        connection.send(error)
    except (EOFError, BrokenPipeError, KeyboardInterrupt):  # nobody asks any more
        return
