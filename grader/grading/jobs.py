"""Jobs: processes that grade, each with a session of its own, given one task after another.

A job that is lost (the machine killed it) costs its task a second attempt in another one, then a
record that says so; the others go on.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

from grader.checking.live import Watcher
from grader.checking.results import Curve
from grader.course.assignment import Assignment
from grader.errors import GraderError, InfrastructureError
from grader.grading import log
from grader.grading.compiled import compiled
from grader.grading.records import Record
from grader.grading.settings import Settings
from grader.grading.tasks import FAILED, Source, Task
from grader.sandbox.inside import frameworks

ATTEMPTS = 2  # at one task
END_SECONDS = 5.0  # that a job may take to end its box
MAIN = "from grader.grading.jobs import main; main()"

# Forks the jobs: it has imported torch once for all of them, and done nothing else.
_SERVER = multiprocessing.get_context("forkserver")


@dataclass(frozen=True)
class Answer:
    """A record; what the session says that was opened for it; what belongs into the log of the
    machine that asked."""

    record: Record
    notes: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Told:
    """A curve of a training that runs, and the check that it belongs to."""

    check: str
    curve: Curve


class Lost(Exception):
    """A job, or the machine that it ran on, has ended before its answer."""


class Process(Protocol):
    """What is needed of a job's process."""

    @property
    def pid(self) -> int | None: ...

    @property
    def exitcode(self) -> int | None: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...

    def join(self, timeout: float | None = None) -> None: ...


@dataclass
class Job:
    """A job, seen from the process that gives the tasks. task: what it is at. settings: those of
    its last task, for which it has a session. is_ready: whether it has opened one."""

    process: Process
    connection: Connection
    task: Task | None = None
    settings: Settings | None = None
    is_ready: bool = False

    def grade(self, task: Task, watcher: Watcher | None = None) -> Answer:
        """watcher: is told of trainings.

        Raises Lost, and what opening a session raises: UsageError, IsolationUnavailable.
        """
        self.task, self.settings = task, task.settings
        notes: list[str] = []
        try:
            self.connection.send(task)
            said = self.connection.recv()
            while isinstance(said, (list, Told)):
                if isinstance(said, list):
                    notes, self.is_ready = said, True
                elif watcher is not None:
                    watcher(said.check, said.curve)
                said = self.connection.recv()
        except (EOFError, OSError):
            raise Lost from None
        self.task = None
        if isinstance(said, GraderError):
            raise said
        record, kept = said
        return Answer(record, notes, kept)

    def end(self) -> None:
        """Wait until a job that has been told to end has removed what its box left on the disk."""
        self.process.join(END_SECONDS)
        self.process.kill()
        self.process.join()


class Jobs:
    """Jobs for as many tasks as several threads give at once; each stays for the next task.

    start: makes a job. assignment: its name.
    """

    def __init__(self, start: Callable[[], Job], assignment: str) -> None:
        self.all: list[Job] = []
        self._start = start
        self._assignment = assignment
        self._free: list[Job] = []
        self._lock = threading.Lock()
        self._has_ended = False

    def end(self) -> None:
        """End all jobs, whatever they are at."""
        with self._lock:
            self._has_ended = True
            jobs = list(self.all)
        for job in jobs:
            job.process.terminate()
        for job in jobs:
            job.end()

    def grade(self, task: Task, watcher: Watcher | None = None) -> Answer:
        """Grade in a job that is free, or in a new one. watcher: is told of trainings.

        Raises Lost after the end of all, InfrastructureError where no job lives long enough to open
        a session, and what doing so raises: UsageError, IsolationUnavailable.
        """
        for _attempt in range(ATTEMPTS):
            job = self._take(task.settings)
            try:
                answer = job.grade(task, watcher)
            except Lost:
                self._forget(job)
            except GraderError:
                self._forget(job)
                raise
            else:
                with self._lock:
                    self._free.append(job)
                return answer
        if self._has_ended:
            raise Lost
        if not job.is_ready:
            raise InfrastructureError(
                f"a grading process ended before its first submission (exit code"
                f" {job.process.exitcode}); is there memory for {len(self.all) + 1} jobs?"
            )
        problem = f"{FAILED}: its process ended {ATTEMPTS} times"
        return Answer(task.record(self._assignment, "infrastructure_error", problem))

    def ready_for(self) -> list[Settings | None]:
        """The settings for which a job that is free has a session."""
        with self._lock:
            return [job.settings for job in self._free]

    def _take(self, settings: Settings) -> Job:
        """A free job, if there is one with a session for these settings that, or a new one."""
        with self._lock:  # multiprocessing starts one process at a time
            if self._has_ended:
                raise Lost
            if self._free:
                self._free.sort(key=lambda job: job.settings == settings)
                return self._free.pop()
            job = self._start()
            self.all.append(job)
            return job

    def _forget(self, job: Job) -> None:
        job.end()
        with self._lock:
            self.all.remove(job)


# ---------------------------------------------------------------------- how jobs are started


def preload(assignment: Assignment) -> None:
    """Start the process that jobs are forked from, which imports what they need for checks of this
    assignment, without waiting for it; before the first job."""
    modules = frameworks.named(assignment.framework).imports_for(assignment.checks)
    _SERVER.set_forkserver_preload([*modules, "grader.checking.preloaded"])
    forkserver.ensure_running()


def forked(source: Source, folder: Path | None) -> Job:
    """A job that is forked from a process that has imported torch. folder: for what the jobs of
    this machine compile, if there is one."""
    ours, theirs = multiprocessing.Pipe()
    with theirs:
        given = theirs, source, log.is_shown(), folder
        process = _SERVER.Process(target=serve, args=given, daemon=True)
        process.start()
    return Job(process, ours)


class _Program(subprocess.Popen[bytes]):
    """A program with the names of multiprocessing, which starts none in a daemon, such as a worker
    of Dask."""

    @property
    def exitcode(self) -> int | None:
        return self.returncode

    def join(self, timeout: float | None = None) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(timeout)


def spawned(source: Source) -> Job:
    """A job that is a program of its own."""
    ours, theirs = multiprocessing.Pipe()
    with theirs:
        number = theirs.fileno()
        process = _Program([sys.executable, "-c", MAIN, str(number)], pass_fds=[number])
    ours.send(source)
    return Job(process, ours)


# ------------------------------------------------------------------------ in the job's process


def main() -> None:
    """The program of a job that was spawned: its argument is the descriptor of its connection."""
    connection = Connection(int(sys.argv[1]))
    serve(connection, connection.recv(), debug=False)


def serve(connection: Connection, source: Source, debug: bool, shared: Path | None = None) -> None:
    """Answer tasks with records until nobody asks, with a session for each setting that comes: its
    notes first, or the error that opening it raised. With each record goes what was logged, from a
    machine that keeps nothing. shared: a folder for what is compiled, with other jobs."""
    kept: list[str] = []
    if source.is_guest:
        log.gather(kept)
        sys.dont_write_bytecode = True  # of checks, beside them or where PYTHONPYCACHEPREFIX says
    else:
        log.start(debug)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who gives the tasks
    signal.signal(signal.SIGTERM, _interrupt)  # and ends this one as it would there
    threading.Thread(target=_await_end, args=(connection.fileno(),), daemon=True).start()
    try:
        from grader.grading.session import open_session  # and torch, which only jobs need

        with source.laid_out() as assignment, compiled(assignment, shared) as folder:
            task = _next(connection)
            while True:
                settings = task.settings
                with open_session(assignment, settings, folder) as session:
                    connection.send(session.notes)
                    session.watcher = lambda check, curve: connection.send(Told(check, curve))
                    while task.settings == settings:
                        connection.send((task.run(session), kept))
                        kept.clear()
                        task = _next(connection)
    except (EOFError, BrokenPipeError, KeyboardInterrupt):  # nobody asks any more
        return
    except (GraderError, OSError) as error:
        known = error if isinstance(error, GraderError) else InfrastructureError(str(error))
        with contextlib.suppress(OSError):
            connection.send(known)


def _next(connection: Connection) -> Task:
    """The next task. Raises EOFError where there is none: from then on nothing disturbs the end."""
    try:
        task: Task = connection.recv()
    except EOFError:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise
    return task


def _interrupt(number: int, frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)  # once: what follows is tidying up
    raise KeyboardInterrupt


def _await_end(connection: int) -> None:
    """End this process when the one that gives the tasks has ended, however that happened."""
    poll = select.poll()
    poll.register(connection, 0)  # what is always told: the other end is closed
    poll.poll()
    os.kill(os.getpid(), signal.SIGTERM)
