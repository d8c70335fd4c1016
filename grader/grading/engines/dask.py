"""The workers of a scheduler of Dask, on any machines; they share no disk.

A submission and the assignment travel as bytes, records come back; what a worker does is in
grading/remote.py. A task goes to one worker by name, so that it is known who has it: the worker is
its own queue, and a task whose worker has gone is given to another one.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
import uuid
import warnings
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course import assignment as assignments
from grader.course.extras import require
from grader.course.files import zipped
from grader.course.packaging import whole
from grader.errors import GraderError, InfrastructureError, UnreadableSubmission, UsageError
from grader.grading import log, remote
from grader.grading.engines import Engine, Run
from grader.grading.jobs import Answer, Lost
from grader.grading.records import Record
from grader.grading.tasks import FAILED, PackedCourse, Task
from grader.i18n import words
from grader.submissions.packed import pack

if TYPE_CHECKING:
    from distributed import Client

ATTEMPTS = 4  # workers that may go while they are at one submission, as Dask itself counts
CONNECT_SECONDS = 8.0
LOOK_SECONDS = 1.0  # between two looks at who is there
WITHOUT_SECONDS = 60.0  # that a run waits for a worker
END_SECONDS = 10.0  # that workers have to forget a run
MOST_THREADS = 2_000  # each waits for one submission
AGAIN = "Then type the same command again: what was kept is not run again."


def engine(run: Run) -> Engine:
    """The engine of a run. Raises UsageError for options that it does not have."""
    if not run.scheduler:
        raise UsageError(
            "--engine dask needs --scheduler ADDRESS, such as tcp://host:8786: that of a running "
            "`dask scheduler`."
        )
    if run.jobs:
        raise UsageError(
            "--jobs is for the local engine: a worker of Dask grades as many submissions at once "
            "as it has threads (dask worker --nworkers, --nthreads)."
        )
    require("distributed", "dask")
    return Dask(run)


class Dask(Engine):
    """The workers of a scheduler that can grade, and how many tasks each may be given now."""

    client: Client

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.executor: ThreadPoolExecutor = ThreadPoolExecutor(MOST_THREADS)
        self._key = uuid.uuid4().hex  # of this run on the workers
        self._threads: dict[str, int] = {}  # of each worker that can grade, by its address
        self._free: deque[str] = deque()  # addresses, one for each thread that has no task
        self._met: set[str] = set()  # workers that were told of this run
        self._refused: dict[str, str] = {}  # why a worker cannot grade
        self._conditions: dict[str, str] = {}  # under which was graded, and who did so first
        self._last_seen = time.monotonic()  # a worker that can grade
        self._changed = threading.Condition()
        self._end: Exception | None = None  # why nothing is graded any more
        self._keeper = threading.Thread(target=self._keep_looking, daemon=True)

    @property
    def room(self) -> int:
        with self._changed:
            return 2 * sum(self._threads.values()) + 8

    @property
    def where(self) -> str:
        with self._changed:
            return f"workers of {self.run.scheduler}: {len(self._threads)}"

    def __enter__(self) -> Dask:
        data = self.settings.data
        if data is not None and data != Path("embedded"):
            self.settings = replace(self.settings, data=data.absolute())
        assignment = assignments.load(self.run.name, self.run.course)
        self._course = PackedCourse(self.run.name, zipped(whole(assignment)))
        self._versions = remote.Versions.here()
        self.client = _connected(self.run.scheduler)
        try:
            self._look()
            if self._is_hopeless():
                raise InfrastructureError(self._nobody())
        except BaseException:
            self.client.close()
            raise
        if not self._threads:
            self.note(f"no worker at {self.run.scheduler} yet: waiting {WITHOUT_SECONDS:.0f} s")
        self._keeper.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop(Lost())
        self.executor.shutdown(wait=False, cancel_futures=True)
        end = threading.Thread(target=self._end_runs, daemon=True)
        end.start()
        end.join(END_SECONDS)  # a worker behind a broken network never answers
        self.executor.shutdown()
        self._keeper.join()
        self.client.close()

    def grade(self, task: Task) -> Record:
        try:
            with words.speaking(self.settings.language):
                task = replace(task, packed=pack(task.upload))
        except UnreadableSubmission as error:
            return task.record(self.run.name, "unreadable", str(error))
        attempts = 0
        while attempts < ATTEMPTS:
            address = self._take()
            try:
                answer = self._ask(address, task)
            finally:
                self._give(address)
            if isinstance(answer, Answer):
                self._hear(address, answer)
                return answer.record
            if isinstance(answer, GraderError):
                log.keep(answer)
                self._refuse(address, str(answer))
            else:
                attempts += 1
        problem = f"{FAILED}: the workers that graded it ended, {ATTEMPTS} times"
        return task.record(self.run.name, "infrastructure_error", problem)

    # ------------------------------------------------------------------ one worker

    def _ask(self, address: str, task: Task) -> Answer | GraderError | None:
        """What a worker makes of a task; None if it has gone, or did not know of the run."""
        from distributed import CancelledError, KilledWorker

        future = self.client.submit(
            remote.grade, self._key, task, workers=[address], allow_other_workers=False, pure=False
        )
        is_done = threading.Event()
        future.add_done_callback(lambda _: is_done.set())
        while not is_done.wait(LOOK_SECONDS):
            if self._end is not None or address not in self._threads:
                future.cancel()
                return None
        try:
            answer: Answer | GraderError | None = future.result()
        except (CancelledError, KilledWorker):
            return None
        except Exception as error:  # a fault of ours, or no memory for a process
            log.keep(error)
            return None
        if answer is None:
            self._tell([address])
        return answer

    def _hear(self, address: str, answer: Answer) -> None:
        """Pass on what was said of a record; say if records are made under different conditions."""
        self.note(*answer.notes)
        log.add([f"{address}: {line}" for line in answer.log])
        record = answer.record
        if record.status != "graded":
            return
        data = f", {record.dataset.name} {record.dataset.variant}" if record.dataset else ""
        conditions = f"{record.device}, {record.isolation}{data}"
        with self._changed:
            known = dict(self._conditions)
            self._conditions.setdefault(conditions, address)
        if known and conditions not in known:
            first, other = next(iter(known.items()))
            self.note(
                f"workers differ: {other} grades with {first}, {address} with {conditions}. Each "
                "record says which; --device, --isolation and --data make them equal."
            )

    def _tell(self, addresses: list[str]) -> dict[str, str | Exception]:
        """Send workers the assignment; what each says: "" or why it cannot grade."""
        found: dict[str, str | Exception] = self.client.run(
            remote.prepare,
            self._key,
            self._course,
            self._versions,
            workers=addresses,
            on_error="return",
        )
        return found

    # ------------------------------------------------------------------ all of them

    def _look(self) -> None:
        """See who has come and who has gone. Raises OSError where the scheduler has."""
        present: dict[str, int] = self.client.nthreads()
        with self._changed:
            gone = self._threads.keys() - present.keys()
            for address in gone:
                self._dismiss(address)
            for address in self._refused.keys() - present.keys():
                del self._refused[address]
        for address in gone:
            self.note(f"{address} has gone; what it had is graded elsewhere")
        new = present.keys() - self._met
        self._met = set(present)
        for address, problem in (self._tell([*new]) if new else {}).items():
            if isinstance(problem, OSError):  # it goes already
                self._met.discard(address)
            elif problem:
                self._refuse(address, _sentence(problem))
            else:
                with self._changed:
                    self._threads[address] = present[address]
                    self._free += [address] * present[address]
                    self._changed.notify_all()

    def _keep_looking(self) -> None:
        """Look until the end; without a worker that can grade, that is soon."""
        while self._end is None:
            try:
                self._look()
            except Exception as error:
                self._stop(InfrastructureError(f"{_unanswered(self.run.scheduler, error)} {AGAIN}"))
            now = time.monotonic()
            if self._threads:
                self._last_seen = now
            elif now - self._last_seen > WITHOUT_SECONDS or (
                self._refused and not self._conditions
            ):
                self._stop(InfrastructureError(self._nobody()))
            with self._changed:
                self._changed.wait_for(lambda: self._end is not None, LOOK_SECONDS)

    def _is_hopeless(self) -> bool:
        """Whether none of those that are here can grade, and none ever could."""
        return bool(self._refused) and not self._threads and not self._conditions

    def _take(self) -> str:
        """A worker that is free, when there is one. Raises what has ended the run."""
        with self._changed:
            while self._end is None and not self._free:
                self._changed.wait()
            if self._end is not None:
                raise self._end
            return self._free.popleft()

    def _give(self, address: str) -> None:
        """It has time for another task, if it is still there."""
        with self._changed:
            if address in self._threads:
                self._free.append(address)
                self._changed.notify()

    def _refuse(self, address: str, problem: str) -> None:
        with self._changed:
            self._dismiss(address)
            self._refused[address] = problem
        self.note(f"{address} does not grade: {problem}")

    def _dismiss(self, address: str) -> None:
        self._threads.pop(address, None)
        self._free = deque(free for free in self._free if free != address)

    def _stop(self, reason: Exception) -> None:
        with self._changed:
            self._end = self._end or reason
            self._changed.notify_all()

    def _end_runs(self) -> None:
        with contextlib.suppress(Exception):  # a worker forgets by itself, too
            self.client.run(remote.forget, self._key, workers=[*self._threads], on_error="ignore")

    def _nobody(self) -> str:
        """What to do where no worker can grade."""
        where = self.run.scheduler
        if self._refused:
            each = "; ".join(f"{address}: {text}" for address, text in self._refused.items())
            return f"No worker of the scheduler at {where} can grade. {each}"
        return (
            f"There is no worker at {where}. Start some on any machine that has the grader: "
            f"dask worker {where} --nthreads 1. {AGAIN}"
        )


def _connected(address: str) -> Client:
    """A client of the scheduler at an address. Raises UsageError."""
    import dask
    from distributed import Client
    from distributed.versions import VersionMismatchWarning

    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})  # an upload's size
    try:
        asyncio.run(_reach(address))  # a client that cannot connect says so twice, at its end too
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", VersionMismatchWarning)  # what matters is compared
            return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except Exception as error:
        advice = "Is `dask scheduler` running there, and is this the address that it printed?"
        if address.startswith("tls:"):
            advice = (
                "Distributed's configuration has to name the certificates of tls:// addresses, "
                "here and on all other machines."
            )
        raise UsageError(f"{_unanswered(address, error)} {advice}") from None


async def _reach(address: str) -> None:
    """Raises where nobody at an address speaks as a scheduler does."""
    from distributed import Security
    from distributed.comm import connect

    arguments = Security().get_connection_args("client")
    trial = connect(address, timeout=CONNECT_SECONDS, **arguments)
    comm = await asyncio.wait_for(trial, CONNECT_SECONDS + 1)  # others than Dask may answer
    await comm.close()


def _unanswered(address: str, error: Exception) -> str:
    return f"No scheduler of Dask answers at {address} ({_sentence(error)})."


def _sentence(problem: str | Exception) -> str:
    """What a worker said, or what its machine lacks to say it."""
    if isinstance(problem, ModuleNotFoundError):
        return f"it has no module {problem.name!r}: install the grader there"
    return problem if isinstance(problem, str) else f"{type(problem).__name__}: {problem}"
