"""Side by side: the same records in the same order, and a lost process costs nobody a record."""

from __future__ import annotations

import io
import os
import pickle
import signal
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from grader.errors import InfrastructureError, MissingStub, StudentError, UsageError
from grader.grading.batch import default_jobs, grade_all
from grader.grading.pool import Jobs, Task
from grader.grading.records import Record
from grader.grading.settings import Settings
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


def test_task_of_a_lost_job_is_done_by_another(uploads, tmp_path):
    """A grading process that is killed costs its submission a second attempt, not its record."""
    patient = tmp_path / "patient.py"
    patient.write_text(PATIENT, "utf-8")
    tasks = [
        Task(position, Upload(path), SETTINGS)
        for position, path in enumerate([*uploads[:2], patient])
    ]
    killed = []

    with Jobs(COURSE, "greeting", 2) as jobs:
        records = {}
        for task, record in jobs.grade(tasks):
            records[task.upload.path.stem] = record.status
            at_work = [job for job in jobs.running.values() if job.task is tasks[2]]
            if at_work and not killed:
                killed.append(at_work[0].process.pid)
                os.kill(killed[0], signal.SIGKILL)

    assert killed
    assert tasks[2].attempts == 1
    assert records == {"right": "graded", "empty": "unreadable", "patient": "graded"}


def test_task_that_loses_every_job_gets_a_record(tmp_path):
    """What cannot be graded says so; the run goes on."""
    paths = [tmp_path / "right.py", tmp_path / "killer.py"]
    for path in paths:
        path.write_text(RIGHT, "utf-8")
    tasks = [Task(position, Upload(path), SETTINGS) for position, path in enumerate(paths)]
    tasks[1].attempts = 1  # one job is lost already

    with Jobs(COURSE, "greeting", 1) as jobs:
        records = {}
        for task, record in jobs.grade(tasks):
            records[task.upload.path.stem] = record
            for job in jobs.running.values():
                job.process.kill()

    assert records["right"].status == "graded"
    assert records["killer"].status == "infrastructure_error"
    assert "the grader failed, not the submission" in records["killer"].warnings[0]


def test_error_of_the_author_is_raised_once(uploads):
    """What is wrong before the first submission is an error, as with one job."""
    vault = Settings("cpu", "vault")
    with (
        Jobs(COURSE, "greeting", 2) as jobs,
        pytest.raises(UsageError, match="no isolation level 'vault'"),
    ):
        list(jobs.grade([Task(0, Upload(uploads[0]), vault), Task(1, Upload(uploads[1]), vault)]))

    assert [job.process.is_alive() for job in jobs.running.values()] == [False, False]


@pytest.mark.parametrize("count", [1, 2])
def test_tasks_may_ask_for_different_settings_and_come_later(uploads, count):
    """Each is graded as it asks, whichever job begins with it; what is added to the end too."""
    english, chinese = SETTINGS, Settings("cpu", "auto", language="zh")
    languages = {}

    with Jobs(COURSE, "greeting", count) as jobs:
        first = [Task(0, Upload(uploads[0]), english), Task(1, Upload(uploads[0]), chinese)]
        for task, record in jobs.grade(first):
            languages[task.position] = record.environment["language"]
            if task.position < 2:
                jobs.add([Task(task.position + 2, Upload(uploads[2]), task.settings)])

    assert languages == {0: "en", 1: "zh", 2: "en", 3: "zh"}


def test_task_that_comes_late_is_done_beside_the_last_one(uploads, tmp_path):
    """The first job has nothing to do any more when it is added, but it is still there."""
    patient = tmp_path / "patient.py"
    patient.write_text(PATIENT, "utf-8")
    order = []

    with Jobs(COURSE, "greeting", 2) as jobs:
        tasks = [Task(0, Upload(patient), SETTINGS), Task(1, Upload(uploads[0]), SETTINGS)]
        for task, _ in jobs.grade(tasks):
            order.append(task.position)
            if task.position == 1:
                jobs.add([Task(2, Upload(uploads[4]), SETTINGS)])

    assert order == [1, 2, 0]


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
