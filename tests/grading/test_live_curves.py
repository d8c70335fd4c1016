"""Curves of trainings while submissions are graded: they arrive, and change nothing."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from grader.checking.results import Curve
from grader.errors import UsageError
from grader.grading.batch import grade_all
from grader.grading.live_curves import LiveCurves, check_backends
from grader.grading.record_json import from_object
from grader.grading.records import Record
from grader.grading.settings import Settings
from grader.monitor import Monitor
from grader.submissions.uploads import Upload
from tests.conftest import ROOT
from tests.monitor.servers import free_port, visdom_served

SMALL = ROOT / "tests" / "small_course"
SETTINGS = Settings("cpu", "process", None)
TRAINING = '''

from grader.checking.training import keep_curve, tell_curve


@pytest.mark.stub("greet")
@pytest.mark.tier("training")
def test_length(submission):
    """The greeting grows with the name."""
    lengths = []
    for epoch in range(1, 5):
        lengths.append(len(submission.greet("x" * epoch)))
        tell_curve("test_length", "the length", lengths, [(0, 20)] * 4)
    keep_curve("the length", lengths, [(0, 20)] * 4)
    assert lengths[-1] > lengths[0]
'''


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """The small course with a check that trains, and two submissions."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(SMALL, folder, dirs_exist_ok=True)
    with (folder / "solutions/greeting/test_hidden.py").open("a") as file:
        file.write(TRAINING)
    right = (folder / "solutions/greeting/solution.py").read_text("utf-8")
    (folder / "ada.py").write_text(right, "utf-8")
    (folder / "bob.py").write_text(right.replace("Hello", "Hi"), "utf-8")
    return folder


def graded(course: Path, watch_by: list[str] = [], jobs: int = 1) -> tuple[list[object], str]:  # noqa: B006
    """The records of both without their times, and what was said."""
    said = io.StringIO()
    uploads = [Upload(course / "ada.py"), Upload(course / "bob.py")]
    console = Console(file=said, width=300)
    results = grade_all(
        course, "greeting", uploads, SETTINGS, [], console, jobs=jobs, watch_by=watch_by
    )
    return [without_times(result.record) for result in results], said.getvalue()


def without_times(record: Record) -> object:
    plain = msgspec.to_builtins(record)
    for part in (plain, *plain["checks"]):
        part["seconds"] = 0
    return plain


@pytest.mark.parametrize("jobs", [1, 2])
def test_records_are_the_same_with_curves(course, tmp_path, jobs):
    """Each submission has every epoch once, in order; a server that is not there is spoken of."""
    nobody = f"visdom:http://127.0.0.1:{free_port()}"
    plain, _said = graded(course, jobs=jobs)
    records, said = graded(course, [f"csv:{tmp_path / 'c.csv'}", "terminal", nobody], jobs)

    assert records == plain
    rows = [*csv.DictReader((tmp_path / "c.csv").read_text().splitlines())]
    assert {row["window"] for row in rows} == {"test_length: the length"}
    for name in ("ada", "bob"):
        assert [row["step"] for row in rows if row["run"] == name] == ["1", "2", "3", "4"]
        assert said.count(f"test_length: the length: 4: {name} ") == 1
    assert said.count("The training goes on without it.") == 1


@pytest.mark.slow
def test_a_server_that_is_killed_changes_no_record(course, tmp_path):
    """It goes when the curve of the first submission is there, before that of the second."""
    windows_of = pytest.importorskip("tests.monitor.test_visdom_backend").windows
    with visdom_served(tmp_path / "visdom") as server:
        watched = start_grade(course, tmp_path / "watched", f"visdom:{server.address}")
        while not windows_of(server.address):
            assert watched.poll() is None
            time.sleep(0.05)
        server.kill()
        assert watched.poll() is None
        said, _none = watched.communicate(timeout=120)
    plain = start_grade(course, tmp_path / "plain")
    plain.communicate(timeout=120)

    assert watched.returncode == plain.returncode == 0
    assert " ".join(said.split()).count("The training goes on without it.") == 1
    records = [
        [without_times(kept(tmp_path / folder / f"{name}.json")) for name in ("ada", "bob")]
        for folder in ("watched", "plain")
    ]
    assert records[0] == records[1]


def kept(file: Path) -> Record:
    """The record in a file of the folder of --out."""
    (fields,) = json.loads(file.read_text("utf-8"))
    return from_object(fields).record


def start_grade(course: Path, out: Path, watch: str | None = None) -> subprocess.Popen[str]:
    """The command, for both submissions one after the other."""
    command = [sys.executable, "-m", "grader", "grade", "greeting", "ada.py", "bob.py"]
    options = ["--course", str(course), "--out", str(out), "--jobs", "1"]
    options += ["--watch", watch] if watch else []
    return subprocess.Popen(
        [*command, *options],
        cwd=course,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_repeated_training_is_another_line(tmp_path):
    """Its first epoch does not go on from the last one of the attempt before."""
    with Monitor(f"csv:{tmp_path / 'c.csv'}") as monitor:
        live = LiveCurves(monitor, ["ada"])
        for values in ([0.9], [0.9, 0.8], [0.7], [0.7, 0.6]):
            live.tell(0, "check", Curve("the loss", values))

    rows = [*csv.DictReader((tmp_path / "c.csv").read_text().splitlines())]
    told = [(row["line"], row["step"], row["value"]) for row in rows]
    assert told == [
        ("", "1", "0.9"),
        ("", "2", "0.8"),
        ("attempt 2", "1", "0.7"),
        ("attempt 2", "2", "0.6"),
    ]


@pytest.mark.parametrize(
    ("name", "advice"), [("vizdom", "choose one of csv"), ("notebook", "choose"), ("csv", "csv:")]
)
def test_a_backend_that_cannot_be_had_is_said_before_anything_runs(name, advice):
    """With those that can."""
    with pytest.raises(UsageError, match=advice):
        check_backends([name])
