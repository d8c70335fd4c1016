"""What a worker of Dask does: it grades in jobs of its own, with an assignment that it was sent.

Everything of a run is gone when the run ends, when the worker ends, and a minute after its last
task, so also when the one that gave the tasks was killed. A dask worker may spill what dask keeps
to its disk; an assignment is none of that.
"""

from __future__ import annotations

import asyncio
import platform
import threading
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

from grader import __version__
from grader.course import engine
from grader.errors import GraderError
from grader.grading.jobs import Answer, Jobs, spawned
from grader.grading.tasks import PackedCourse, Task

IDLE_SECONDS = 60.0


@dataclass(frozen=True)
class Versions:
    """What has to be the same on all machines of a run, so that it does not matter who grades."""

    grader: str
    files: str  # of the grader, as a digest
    python: str
    torch: str

    @classmethod
    def here(cls) -> Versions:
        """Those of this machine. Builds of one torch for different devices are one version."""
        python = ".".join(platform.python_version_tuple()[:2])
        return cls(__version__, engine.digest(), python, version("torch").partition("+")[0])

    def difference(self, wanted: Versions) -> str:
        """Why this machine cannot grade for one with the wanted versions; "" if it can."""
        pairs = {
            "grader": (self.grader, wanted.grader),
            "Python": (self.python, wanted.python),
            "torch": (self.torch, wanted.torch),
        }
        others = [
            f"{what} {ours}, not {other}" for what, (ours, other) in pairs.items() if ours != other
        ]
        if not others and self.files != wanted.files:
            others = [f"another state of grader {self.grader}: its files differ"]
        return f"it has {', '.join(others)}" if others else ""


@dataclass
class _Run:
    """A run that this worker takes part in: its jobs, how many tasks they are at, and what ends
    them when nothing comes any more."""

    jobs: Jobs
    tasks: int = 0
    end: threading.Timer | None = None


_runs: dict[str, _Run] = {}
_lock = threading.Lock()


def prepare(run: str, course: PackedCourse, wanted: Versions) -> str:
    """Take the assignment of a run; "", or why this worker cannot grade."""
    problem = Versions.here().difference(wanted)
    if not problem:
        with _lock:
            _runs.setdefault(run, _Run(Jobs(partial(spawned, course), course.name)))
            _let_idle(run)
    return problem


def grade(run: str, task: Task) -> Answer | GraderError | None:
    """What became of a task. An error is this worker's, not the submission's; None: it knows
    nothing of this run (any more)."""
    with _lock:
        found = _runs.get(run)
        if found is None:
            return None
        found.tasks += 1
    try:
        return found.jobs.grade(task)
    except GraderError as error:
        return error
    finally:
        with _lock:
            found.tasks -= 1
            _let_idle(run)


async def forget(run: str) -> None:
    """End the jobs of a run, whatever they are at, and remove what they had."""
    await asyncio.to_thread(_forget, run)


def _let_idle(run: str) -> None:
    """Forget a run a minute from now, unless tasks come. The lock is held."""
    found = _runs.get(run)
    if found is None:
        return
    if found.end is not None:
        found.end.cancel()
    found.end = threading.Timer(IDLE_SECONDS, _forget, (run,), {"only_if_idle": True})
    found.end.daemon = True
    found.end.start()


def _forget(run: str, only_if_idle: bool = False) -> None:
    with _lock:
        found = _runs.get(run)
        if found is None or (only_if_idle and found.tasks):
            return
        del _runs[run]
        if found.end is not None:
            found.end.cancel()
    found.jobs.end()
