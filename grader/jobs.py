"""Grading side by side: each job is a process with a bench of its own, fed one upload at a time.

A job that is lost (the machine killed it) costs its upload a second attempt elsewhere, then a
record that says so; the others go on.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from grader import assignment as assignments
from grader.errors import GraderError, InfrastructureError
from grader.grading import ATTEMPTS, WHOLE, Bench, Part, Settings, with_bench
from grader.records import Record
from grader.sandbox.host import imports_for
from grader.submission import printable

# Forks the jobs: it has imported torch once for all of them, and done nothing else.
_SERVER = multiprocessing.get_context("forkserver")


@dataclass
class Task:
    """One upload: its place in the order, what an earlier run saw of it, and what is run."""

    position: int
    path: Path
    earlier: Record | None = None
    part: Part = WHOLE
    attempts: int = 0


@dataclass
class Job:
    """A process that grades, and what it is at."""

    process: BaseProcess
    connection: Connection
    task: Task | None = None


@dataclass
class Jobs:
    """The jobs of one assignment. A context manager: leaving it ends them."""

    course: Path
    name: str
    settings: Settings
    count: int
    notes: list[str] = field(default_factory=list)  # of the benches, which are all alike
    running: dict[Connection, Job] = field(default_factory=dict)

    def __enter__(self) -> Jobs:
        return self

    def __exit__(self, *error: object) -> None:
        for job in self.running.values():
            job.connection.close()
            job.process.terminate()  # its box dies with it
        for job in self.running.values():
            job.process.join()

    def grade(self, tasks: list[Task]) -> Iterator[tuple[Task, Record]]:
        """Each task with its record, as they come.

        Raises what a bench raises before its first submission: UsageError, IsolationUnavailable.
        """
        waiting = tasks[::-1]
        checks = assignments.load(self.name, self.course).checks
        _SERVER.set_forkserver_preload([*imports_for(checks), "grader.checking.preloaded"])
        for _ in range(min(self.count, len(tasks))):
            self._start()
        while self.running:
            for connection in wait(list(self.running)):
                assert isinstance(connection, Connection)
                job = self.running[connection]
                done, job.task = job.task, None
                try:
                    answer = connection.recv()
                except (EOFError, OSError):
                    answer = self._lost(job, done, waiting)
                else:
                    self._feed(job, waiting)
                if isinstance(answer, GraderError):
                    raise answer
                if isinstance(answer, list):
                    self.notes = answer
                elif done is not None and answer is not None:
                    yield done, answer

    def _feed(self, job: Job, waiting: list[Task]) -> None:
        if waiting:
            job.task = waiting.pop()
            with contextlib.suppress(OSError):  # a lost job is met when it should answer
                job.connection.send(job.task)
        else:
            job.connection.close()
            job.process.join()
            del self.running[job.connection]

    def _lost(self, job: Job, task: Task | None, waiting: list[Task]) -> Record | None:
        """Take leave of a job that ended; its task waits again, or has this record."""
        del self.running[job.connection]
        job.process.join()
        if task is None:
            raise InfrastructureError(
                f"a grading process ended before its first submission (exit code"
                f" {job.process.exitcode}); is there memory for {self.count} jobs?"
            )
        task.attempts += 1
        again = task.attempts < ATTEMPTS
        if again:
            waiting.append(task)
        if waiting:
            self._start()
        if again:
            return None
        problem = f"the grader failed, not the submission: its process ended {ATTEMPTS} times"
        return Record(
            submission=printable(task.path.resolve().stem),
            assignment=self.name,
            status="infrastructure_error",
            isolation=None,
            device=self.settings.device,
            dataset=None,
            checks=[],
            warnings=[problem],
            output="",
            seconds=0.0,
            environment={},
            digests={},
            path=printable(str(task.path)),
        )

    def _start(self) -> None:
        ours, theirs = multiprocessing.Pipe()
        process = _SERVER.Process(
            target=_work, args=(theirs, self.course, self.name, self.settings), daemon=True
        )
        process.start()
        theirs.close()
        self.running[ours] = Job(process, ours)


def _work(connection: Connection, course: Path, name: str, settings: Settings) -> None:
    """The process of a job: a bench that answers tasks with records until nobody asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who gave the tasks

    def answer(bench: Bench) -> None:
        connection.send(bench.notes)  # ready
        while True:
            try:
                task: Task = connection.recv()
            except EOFError:
                return
            connection.send(bench.only(task.part).grade(task.path, earlier=task.earlier))

    try:
        with_bench(assignments.load(name, course), settings, answer)
    except GraderError as error:
        connection.send(error)
    except BrokenPipeError:  # nobody waits for the answer any more
        return
