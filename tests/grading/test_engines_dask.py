"""Workers of Dask: the same records as here, each once, whatever becomes of a worker; and nothing
stays with it. Scheduler and workers are started as people start them."""

from __future__ import annotations

import contextlib
import io
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import psutil
import pytest
from distributed import Client
from rich.console import Console

from grader.errors import InfrastructureError, UsageError
from grader.grading.batch import grade_all
from grader.grading.engines import dask
from grader.grading.memory_folder import MEMORY, PREFIX
from grader.grading.records import Record
from grader.grading.scoring import Result
from grader.grading.settings import Settings
from grader.submissions.uploads import Upload
from tests.conftest import ROOT

COURSE = ROOT / "tests" / "small_course"
SETTINGS = Settings("cpu", "process")
RIGHT = (COURSE / "solutions/greeting/solution.py").read_text("utf-8")
SLOW = RIGHT + "\nimport time\ngreet.late = time.sleep(0.5)\n"
WAIT_SECONDS = 60.0  # for what has to happen soon, on a machine that is busy


@contextmanager
def started(
    folder: Path, program: str, *arguments: str, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A program of distributed, which is ended with all that it has started."""
    command = [sys.executable, "-m", f"distributed.cli.{program}", "--no-dashboard", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    log = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=folder) as process:
        try:
            yield process
        finally:
            end(process.pid)


def end(pid: int) -> None:
    """End a process and all that come from it: as Dask does it, then for certain."""
    with contextlib.suppress(psutil.NoSuchProcess):
        first = psutil.Process(pid)
        family = [first, *first.children(recursive=True)]
        first.terminate()
        for process in psutil.wait_procs(family, timeout=10)[1]:
            process.kill()


@dataclass
class Machines:
    """A scheduler and its workers, which stand for machines: each has a folder of its own."""

    address: str
    folder: Path
    stack: ExitStack
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add_worker(self, **environment: str) -> subprocess.Popen[bytes]:
        """One more worker, of one thread, when it has come."""
        here = self.folder / str(len(self.workers))
        here.mkdir()
        command = ("dask_worker", self.address, "--nthreads", "1", "--local-directory", str(here))
        worker = self.stack.enter_context(started(here, *command, TMPDIR=str(here), **environment))
        self.workers.append(worker)
        return worker

    def wait_for(self, count: int) -> None:
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=WAIT_SECONDS)

    def leftovers(self) -> list[Path]:
        """What the grader has of people on these machines now; other tests have what they compiled
        in memory meanwhile."""
        in_memory = (path for path in MEMORY.glob(f"{PREFIX}*") if not (path / "compiled").exists())
        return [*self.folder.rglob("grader-*"), *in_memory]


@contextmanager
def two_machines(folder: Path) -> Iterator[Machines]:
    """A scheduler with two workers."""
    file = folder / "scheduler.json"
    with ExitStack() as stack:
        where = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
        stack.enter_context(started(folder, "dask_scheduler", *where))
        wait_until(lambda: file.exists() and file.read_bytes().endswith(b"}"))
        address = msgspec.json.decode(file.read_bytes())["address"]
        machines = Machines(address, folder, stack)
        machines.add_worker()
        machines.add_worker()
        machines.wait_for(2)
        yield machines


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """These, and a third worker that has another version of the grader."""
    with two_machines(tmp_path_factory.mktemp("machines")) as machines:
        other = of_another_version(machines.folder / "other")
        machines.add_worker(PYTHONPATH=str(other))
        machines.wait_for(3)
        yield machines


def of_another_version(folder: Path) -> Path:
    """A folder with the grader, whose version is another one."""
    package = folder / "grader"
    package.mkdir(parents=True)
    for path in (ROOT / "grader").iterdir():
        if path.name != "__init__.py":
            (package / path.name).symlink_to(path)
    (package / "__init__.py").write_text("__version__ = '9.9'\n", "utf-8")
    return folder


def wait_until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@dataclass
class Kept:
    """A keeper that keeps all that it gets, and does something then."""

    then: Callable[[int], None] = lambda count: None
    names: list[str] = field(default_factory=list)

    def check_room(self) -> None:
        pass

    def earlier(self, upload: Upload) -> Record | None:
        return None

    def keep(self, result: Result) -> None:
        self.names.append(result.record.submission)
        self.then(len(self.names))


def graded(
    machines: Machines, paths: list[Path], kept: Kept | None = None, settings: Settings = SETTINGS
) -> tuple[list[Result], str]:
    """The results of the workers, and what was said meanwhile."""
    screen = io.StringIO()
    results = grade_all(
        COURSE,
        "greeting",
        [*map(Upload, paths)],
        settings,
        [kept] if kept else [],
        Console(file=screen, width=1_000),
        jobs=0,
        engine="dask",
        scheduler=machines.address,
    )
    return results, screen.getvalue()


def without_times(result: Result) -> object:
    plain = msgspec.to_builtins(result.record)
    for part in (plain, *plain["checks"]):
        part["seconds"] = 0
    return plain


def slow_submissions(folder: Path, count: int) -> list[Path]:
    paths = [folder / f"student_{number}.py" for number in range(count)]
    for path in paths:
        path.write_text(SLOW, "utf-8")
    return paths


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Files, a folder and a zip; right, wrong, empty, and in another encoding."""
    folder = tmp_path_factory.mktemp("uploads")
    texts = {"right": RIGHT, "wrong": "def greet(name):\n    return None\n", "empty": ""}
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text, "utf-8")
    (folder / "Zoë").mkdir()
    (folder / "Zoë" / "main.py").write_text("# Zoë\n" + RIGHT, "latin-1")
    with zipfile.ZipFile(folder / "packed.zip", "w") as archive:
        archive.writestr("src/hw.py", RIGHT)
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def run(machines: Machines, paths: list[Path]) -> tuple[list[Result], str]:
    """What the workers made of these, and what was said."""
    return graded(machines, paths)


def test_records_are_those_of_this_machine(run, paths):
    """It does not matter who has made a record."""
    there, _ = run
    uploads = [*map(Upload, paths)]

    here = grade_all(COURSE, "greeting", uploads, SETTINGS, [], Console(file=io.StringIO()))

    assert [without_times(result) for result in there] == [without_times(result) for result in here]


def test_worker_of_another_version_is_refused(run):
    """A note has its address and its version; the others grade."""
    _, said = run

    assert re.search(r"note: tcp://127\.0\.0\.1:\d+ does not grade: it has grader 9\.9, not", said)


def test_nothing_stays_on_the_workers(run, machines):
    """Neither the hidden part nor a submission, on a disk or in memory."""
    wait_until(lambda: not machines.leftovers())


def test_upload_that_cannot_be_read_has_a_record(machines, tmp_path):
    """It is read here, so it is this machine that says why."""
    (result,), _ = graded(machines, [tmp_path / "gone.py"])

    assert result.record.status == "unreadable"
    assert result.record.warnings == ["gone.py is not a file."]


def test_interrupted_run_leaves_nothing_with_the_workers(machines, tmp_path):
    """What they are at is given up, and the assignment is removed."""

    def interrupt(count: int) -> None:
        raise KeyboardInterrupt

    paths = slow_submissions(tmp_path, 5)
    results, _ = graded(machines, paths, Kept(interrupt))

    assert 0 < len(results) < len(paths)
    wait_until(lambda: not machines.leftovers())


def test_settings_that_no_worker_can_grade_with(machines, tmp_path):
    """The run ends, and says of each worker why."""
    vault = Settings("cpu", "vault")
    with pytest.raises(InfrastructureError, match=r"can grade.*no isolation level 'vault'"):
        graded(machines, slow_submissions(tmp_path, 3), settings=vault)


def test_killed_worker_costs_nobody_a_record(machines, tmp_path):
    """What it had is graded elsewhere, each submission once; its job removes what it has."""
    victim = machines.workers[0]

    def kill(count: int) -> None:
        if count == 2:
            for process in (victim, *psutil.Process(victim.pid).children()):
                process.send_signal(signal.SIGKILL)

    paths = slow_submissions(tmp_path, 8)
    kept = Kept(kill)
    results, said = graded(machines, paths, kept)

    assert sorted(kept.names) == [path.stem for path in paths]
    assert {result.record.status for result in results} == {"graded"}
    assert "has gone; what it had is graded elsewhere" in said
    wait_until(lambda: machines.leftovers() == [])


def test_address_without_a_scheduler(tmp_path, monkeypatch):
    """A sentence says what to look at."""
    monkeypatch.setattr(dask, "CONNECT_SECONDS", 0.5)
    nowhere = Machines("tcp://127.0.0.1:1", tmp_path, ExitStack())

    with pytest.raises(UsageError, match=r"No scheduler .* at tcp://127\.0\.0\.1:1 .*printed\?"):
        graded(nowhere, [])


@pytest.mark.parametrize(
    ("engine", "scheduler", "jobs", "problem"),
    [
        ("dask", "", 0, "needs --scheduler ADDRESS"),
        ("dask", "tcp://127.0.0.1:1", 2, "--jobs is for the local engine"),
        ("local", "tcp://127.0.0.1:1", 0, "--scheduler needs --engine dask"),
    ],
)
def test_options_that_do_not_fit(engine, scheduler, jobs, problem):
    """None is silently passed over."""
    with pytest.raises(UsageError, match=problem):
        grade_all(
            COURSE,
            "greeting",
            [],
            SETTINGS,
            [],
            Console(file=io.StringIO()),
            jobs=jobs,
            engine=engine,
            scheduler=scheduler,
        )
