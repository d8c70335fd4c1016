"""Side by side: the same records in the same order, and a lost process costs nobody a record."""

from __future__ import annotations

import io
import os
import pickle
import subprocess
import sys
import threading
import time
from collections import deque
from functools import partial
from pathlib import Path
from typing import NoReturn

import msgspec
import pytest
from rich.console import Console

from grader.errors import InfrastructureError, MissingStub, StudentError, UsageError
from grader.grading.batch import grade_all
from grader.grading.engines import Run, graded
from grader.grading.engines.local import SideBySide, default_jobs
from grader.grading.jobs import Jobs, forked
from grader.grading.records import Record
from grader.grading.settings import Settings
from grader.grading.tasks import Task
from grader.submissions.uploads import Upload
from tests.conftest import ROOT

COURSE = ROOT / "tests" / "small_course"
SETTINGS = Settings("cpu", "auto")
RIGHT = (COURSE / "solutions/greeting/solution.py").read_text("utf-8")
# While it is loaded, it waits until the test has killed the process that grades it.
PATIENT = RIGHT + "\nimport time\ngreet.late = [time.sleep(0.1) for _ in range(50)]\n"


@pytest.fixture
def uploads(tmp_path: Path) -> list[Path]:
    """Right, wrong, unreadable and endless submissions, all mixed."""
    texts = {
        "right": RIGHT,
        "empty": "",
        "wrong": "def greeting(name):\n    return None\n",
        "endless": "while True:\n    pass\n" + RIGHT,
        "right_too": RIGHT,
        "noisy": RIGHT + "\nprint('x' * 100)\n",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
    return [tmp_path / f"{name}.py" for name in texts]


def without_times(record: Record) -> object:
    plain = msgspec.to_builtins(record)
    for part in (plain, *plain["checks"]):
        part["seconds"] = 0
    return plain


def test_two_jobs_make_the_same_records_in_the_same_order(uploads):
    """Whoever grades a submission, beside or after whichever, the record is the same."""
    quiet = Console(file=io.StringIO())
    one, two = (
        grade_all(COURSE, "greeting", [*map(Upload, uploads)], SETTINGS, [], quiet, jobs=jobs)
        for jobs in (1, 2)
    )

    assert [result.record.submission for result in two] == [path.stem for path in uploads]
    assert [without_times(r.record) for r in two] == [without_times(r.record) for r in one]
    assert [r.grade.score for r in two] == [r.grade.score for r in one]


def test_record_is_the_same_from_a_host_of_its_own(uploads):
    """What a host has forked before makes no difference to a record."""
    quiet = Console(file=io.StringIO())
    some = [uploads[0], uploads[3], uploads[4]]  # after the endless one, too
    together = grade_all(COURSE, "greeting", [*map(Upload, some)], SETTINGS, [], quiet)

    for path, result in zip(some, together, strict=True):
        (alone,) = grade_all(COURSE, "greeting", [Upload(path)], SETTINGS, [], quiet)
        assert without_times(alone.record) == without_times(result.record)


def side_by_side(count: int, settings: Settings = SETTINGS) -> SideBySide:
    """The local engine with so many jobs."""
    return SideBySide(Run(COURSE, "greeting", settings, count), count)


def test_task_of_a_lost_job_is_done_by_another(uploads, tmp_path):
    """A grading process that is killed costs its submission a second attempt, not its record."""
    patient = tmp_path / "patient.py"
    patient.write_text(PATIENT, "utf-8")
    tasks = deque(
        Task(position, Upload(path), SETTINGS)
        for position, path in enumerate([*uploads[:2], patient])
    )

    with side_by_side(2) as engine:
        killing = {"target": kill_all_that_grade, "args": (engine, tasks[2], 1), "daemon": True}
        killer = threading.Thread(**killing)
        killer.start()
        records = {task.upload.path.stem: record.status for task, record in graded(engine, tasks)}
        killer.join(1.0)

    assert not killer.is_alive()  # it has killed one
    assert records == {"right": "graded", "empty": "unreadable", "patient": "graded"}


def test_task_that_loses_every_job_gets_a_record(tmp_path):
    """What cannot be graded says so; the run goes on."""
    paths = [tmp_path / f"{name}.py" for name in ("right", "killer", "right_too")]
    for path, text in zip(paths, (RIGHT, PATIENT, RIGHT)):
        path.write_text(text, "utf-8")
    first, *others = (Task(position, Upload(path), SETTINGS) for position, path in enumerate(paths))
    tasks, records = deque([first]), {}

    with side_by_side(1) as engine:
        for task, record in graded(engine, tasks):
            records[task.upload.path.stem] = record
            if task is first:
                tasks += others
                threading.Thread(target=kill_all_that_grade, args=(engine, others[0], 2)).start()

    assert records["right"].status == records["right_too"].status == "graded"
    assert records["killer"].status == "infrastructure_error"
    assert "the grader failed, not the submission" in records["killer"].warnings[0]


def kill_all_that_grade(engine: SideBySide, task: Task, count: int) -> None:
    """Kill each job that has opened a session for a task, until they are so many."""
    killed: set[int | None] = set()
    while len(killed) < count:
        time.sleep(0.02)
        for job in engine.jobs.all:
            if job.task is task and job.is_ready and job.process.pid not in killed:
                killed.add(job.process.pid)
                job.process.kill()


class Deadly:
    """An assignment of which the machine kills who opens it."""

    is_guest = False

    def laid_out(self) -> NoReturn:
        os._exit(9)


def test_job_that_never_opens_a_session_ends_the_run(uploads):
    """The machine cannot grade then, and says so, with what may be the cause."""
    jobs = Jobs(partial(forked, Deadly(), None), "greeting")
    with pytest.raises(InfrastructureError, match="is there memory for"):
        jobs.grade(Task(0, Upload(uploads[0]), SETTINGS))

    assert jobs.all == []


def test_error_of_the_author_is_raised_once(uploads):
    """What is wrong before the first submission is an error, as with one job."""
    vault = Settings("cpu", "vault")
    with (
        side_by_side(2, vault) as engine,
        pytest.raises(UsageError, match="no isolation level 'vault'"),
    ):
        list(graded(engine, deque(Task(n, Upload(uploads[n]), vault) for n in range(2))))

    assert engine.jobs.all == []


@pytest.mark.parametrize("count", [1, 2])
def test_tasks_may_ask_for_different_settings_and_come_later(uploads, count):
    """Each is graded as it asks, whichever job begins with it; what is added to the end too."""
    english, chinese = SETTINGS, Settings("cpu", "auto", language="zh")
    languages = {}
    tasks = deque([Task(0, Upload(uploads[0]), english), Task(1, Upload(uploads[0]), chinese)])

    with side_by_side(count) as engine:
        for task, record in graded(engine, tasks):
            languages[task.position] = record.environment["language"]
            if task.position < 2:
                tasks.append(Task(task.position + 2, Upload(uploads[2]), task.settings))

    assert languages == {0: "en", 1: "zh", 2: "en", 3: "zh"}


def test_job_keeps_to_the_settings_that_it_has_a_session_for(uploads):
    """To open another one takes longer than to grade, so those tasks come first."""
    english, chinese = SETTINGS, Settings("cpu", "auto", language="zh")
    given = (english, chinese, english, chinese)
    tasks = deque(Task(n, Upload(uploads[n]), settings) for n, settings in enumerate(given))

    with side_by_side(1) as engine:
        assert [task.position for task, _ in graded(engine, tasks)] == [0, 2, 1, 3]


def test_process_that_gives_the_tasks_imports_no_torch(uploads):
    """It would take a second before the first job, and memory to the end."""
    code = """
import sys
from pathlib import Path
from rich.console import Console
from grader.grading.batch import grade_all
from grader.grading.settings import Settings
from grader.submissions.uploads import Upload
from grader.validation import proof

if __name__ == "__main__":
    course, path = map(Path, sys.argv[1:])
    grade_all(course, "greeting", [Upload(path)], Settings("cpu", "auto"), [], Console(), jobs=2)
    assert "torch" not in sys.modules
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, str(COURSE), str(uploads[0])]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def test_task_that_comes_late_is_done_beside_the_last_one(uploads, tmp_path):
    """The first job has nothing to do any more when it is added, but it is still there."""
    patient = tmp_path / "patient.py"
    patient.write_text(PATIENT, "utf-8")
    order = []
    tasks = deque([Task(0, Upload(patient), SETTINGS), Task(1, Upload(uploads[0]), SETTINGS)])

    with side_by_side(2) as engine:
        for task, _ in graded(engine, tasks):
            order.append(task.position)
            if task.position == 1:
                tasks.append(Task(2, Upload(uploads[4]), SETTINGS))

    assert order == [1, 2, 0]


def test_jobs_end_with_the_one_that_gives_the_tasks(tmp_path):
    """Killed, it cannot tell them; what they are at is nobody's any more."""
    patient = tmp_path / "patient.py"
    patient.write_text(PATIENT.replace("range(50)", "range(500)"), "utf-8")
    giver = subprocess.Popen(
        [sys.executable, "-c", GIVER, str(COURSE), str(patient)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    with giver:
        pid = int(giver.stdout.readline())
        giver.kill()

    deadline = time.monotonic() + 20
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(pid)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be looked at does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


# Prints the process number of a job as soon as that has opened its session.
GIVER = """
import sys, threading, time
from pathlib import Path
from grader.grading.engines import Run
from grader.grading.engines.local import SideBySide
from grader.grading.settings import Settings
from grader.grading.tasks import Task
from grader.submissions.uploads import Upload

settings = Settings("cpu", "process")
with SideBySide(Run(Path(sys.argv[1]), "greeting", settings, 1), 1) as engine:
    engine.executor.submit(engine.grade, Task(0, Upload(Path(sys.argv[2])), settings))
    while not any(job.is_ready for job in engine.jobs.all):
        time.sleep(0.02)
    print(engine.jobs.all[0].process.pid, flush=True)
    time.sleep(600)
"""


def test_engine_that_does_not_exist(uploads):
    """Its name is answered with those that there are."""
    with pytest.raises(UsageError, match="no engine 'cloud'; choose one of dask, local"):
        grade_all(COURSE, "greeting", [], SETTINGS, [], Console(), engine="cloud")


@pytest.mark.parametrize(("count", "most"), [(1, 1), (7, 1), (8, 2), (100_000, 1_000)])
def test_default_number_of_jobs(count, most):
    """One for each core, but not more than a quarter of the submissions, and at least one."""
    assert 1 <= default_jobs(count) <= most


def test_errors_travel_between_jobs():
    """A job sends the error that ends it to the process that gives the tasks."""
    for error in (
        StudentError("ValueError", "it is odd", "hw.py, line 1"),
        MissingStub("`f` is not defined", "no_stub", {"name": "f"}),
        InfrastructureError("the sandbox did not start", details="all that it printed"),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
