"""The folder of --out: nothing is lost, and nothing is run again that has not changed."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from grader.grading.batch import grade_all
from grader.grading.results_folder import Store
from grader.grading.settings import Settings
from grader.reports import summary
from tests.conftest import ROOT
from tests.reports.examples import ADA, BOB, CLASS, EVE
from tests.sandbox.in_boxes import gaps

COURSE = ROOT / "tests" / "small_course"
SOLUTION = (COURSE / "solutions/greeting/solution.py").read_text("utf-8")
HALF = SOLUTION.replace("text.upper()", "text")
ENDLESS = SOLUTION + "\ndef endless():\n    while True:\n        pass\n\n\nx = endless()\n"


def start(
    folder: Path, level: str = "process", jobs: int = 1, **environment: str
) -> subprocess.Popen[str]:
    """Grade a class, as a person starts it."""
    command = [sys.executable, "-c", "from grader.cli.main import app; app()", "grade", "greeting"]
    arguments = [folder / "class", "--course", COURSE, "--isolation", level, "--jobs", jobs]
    return subprocess.Popen(
        [*command, *map(str, [*arguments, "--out", folder / "out"])],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hear_interrupts,
    )


def hear_interrupts() -> None:
    """A shell makes what it starts in the background deaf to them, these tests perhaps as well."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def finished(process: subprocess.Popen[str]) -> None:
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors


@pytest.fixture
def folder(tmp_path):
    uploads = tmp_path / "class"
    uploads.mkdir()
    for name, text in {"ada": SOLUTION, "bob": HALF}.items():
        (uploads / f"{name}.py").write_text(text, "utf-8")
    return tmp_path


def written(folder: Path) -> dict[str, int]:
    """When each record was written."""
    return {file.stem: file.stat().st_mtime_ns for file in (folder / "out").glob("*.json")}


def scores(folder: Path) -> dict[str, str]:
    with (folder / "out/grades.csv").open(encoding="utf-8") as lines:
        return {row["submission"]: row["score"] for row in csv.DictReader(lines)}


def test_only_what_has_changed_is_run_again(folder):
    """A second run grades the changed submission only; with `force` it grades all."""

    def run(names: str, force: bool = False) -> None:
        paths = [folder / f"class/{name}.py" for name in names.split()]
        settings = Settings("cpu", "process")
        console = Console(file=io.StringIO())
        grade_all(COURSE, "greeting", paths, settings, folder / "out", console, force)

    run("ada bob")
    first = written(folder)
    (folder / "class/bob.py").write_text(SOLUTION, "utf-8")

    run("ada bob")

    second = written(folder)
    assert second["ada"] == first["ada"]
    assert second["bob"] > first["bob"]
    assert scores(folder) == {"ada": "100", "bob": "100"}
    assert "2 submissions" in (folder / "out/summary.md").read_text("utf-8")

    run("ada", force=True)

    assert written(folder)["ada"] > second["ada"]
    assert scores(folder) == {"ada": "100", "bob": "100"}


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "Ctrl-C"])
def test_an_interrupted_run_goes_on_where_it_was(folder, end):
    """Records that were written stay whole; the next run grades what is missing."""
    slow = folder / "class/zoe.py"
    slow.write_text(ENDLESS, "utf-8")
    process = start(folder)
    while not {"ada", "bob"} <= set(written(folder)):
        assert process.poll() is None
        time.sleep(0.05)
    os.kill(process.pid, end)
    process.communicate(timeout=60)
    with contextlib.suppress(ProcessLookupError):  # boxes at level process outlive a kill -9
        os.killpg(process.pid, signal.SIGKILL)
    first = written(folder)
    assert set(first) == {"ada", "bob"}
    slow.write_text(HALF, "utf-8")

    finished(start(folder))

    assert {name: written(folder)[name] for name in first} == first
    assert scores(folder) == {"ada": "100", "bob": "60", "zoe": "60"}


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupted_run_leaves_nothing_on_the_disk(folder, jobs):
    """Boxes that have folders there are ended by the jobs that started them."""
    if gaps("landlock"):
        pytest.skip(gaps("landlock")[0])
    (folder / "class/zoe.py").write_text(ENDLESS, "utf-8")
    with tempfile.TemporaryDirectory() as temporary:
        process = start(folder, "landlock", jobs, TMPDIR=temporary)
        while not {"ada", "bob"} <= set(written(folder)):
            assert process.poll() is None
            time.sleep(0.05)
        assert list(Path(temporary).glob("grader-*"))

        os.kill(process.pid, signal.SIGINT)
        process.communicate(timeout=60)

        assert list(Path(temporary).glob("grader-*")) == []


def test_long_name_of_the_temporary_folder_is_said_to_be_too_long(folder):
    """Sockets have short names; where nothing else is said, nobody finds the reason."""
    temporary = folder / ("long" * 30)
    temporary.mkdir()

    process = start(folder, jobs=2, TMPDIR=str(temporary))

    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "set TMPDIR to a shorter one" in " ".join(errors.split())


def test_same_names_have_files_of_their_own(tmp_path):
    """Two submissions of one name, graded in two runs, do not overwrite each other."""
    late = msgspec.structs.replace(
        ADA, record=msgspec.structs.replace(ADA.record, path="late/ada.py")
    )
    Store(tmp_path, "softmax_regression").keep(ADA)

    store = Store(tmp_path, "softmax_regression")
    store.keep(late)
    store.keep(ADA)

    assert sorted(file.name for file in tmp_path.iterdir()) == ["ada-2.json", "ada.json"]
    again = Store(tmp_path, "softmax_regression").results
    assert again == {"submissions/ada.py": ADA, "late/ada.py": late}


@pytest.mark.parametrize("name", ["x" * 252, "é" * 120])
def test_long_names_have_a_file(tmp_path, name):
    """A name as long as the file system takes it leaves no room for an ending."""
    long = msgspec.structs.replace(ADA, record=msgspec.structs.replace(ADA.record, submission=name))

    Store(tmp_path, "softmax_regression").keep(long)

    assert Store(tmp_path, "softmax_regression").results == {"submissions/ada.py": long}


def test_other_files_are_left_alone(tmp_path):
    """A list of all results, another assignment's record and a broken file are no records."""
    (tmp_path / "all.json").write_text(json.dumps([{"submission": "ada"}]))
    (tmp_path / "broken.json").write_text('[{"submission": ')
    Store(tmp_path, "softmax_regression").keep(ADA)

    assert list(Store(tmp_path, "softmax_regression").results) == [ADA.record.path]
    assert Store(tmp_path, "another").results == {}


def test_summary_of_a_class():
    """Scores, stubs, the known mistakes and who needs a look, as a person reads them."""
    text = summary.render(CLASS)

    assert "# softmax\\_regression: 4 submissions" in text
    assert "| 2 | 6.5 | 6.5 | 0 | 13 | 22 |" in text
    assert "| softmax | 12 | 1.5 | 0 | 1 |" in text
    assert "| 1 | softmax | The sum runs down the columns \\(dim 0\\). |" in text
    for words in ("| bob | graded |", "| eve | unreadable |", "| fay | infrastructure error |"):
        assert words in text


def test_summary_without_grades_has_no_figures():
    """Nothing is computed from nothing."""
    text = summary.render([EVE])

    assert "mean" not in text
    assert "eve.py is empty." in text.replace("\\", "")


def test_summary_says_when_checks_were_mixed():
    """Records of an older suite in the same folder are no secret."""
    old = msgspec.structs.replace(
        BOB, record=msgspec.structs.replace(BOB.record, digests={"suite": "older"})
    )

    assert "grade them again" in summary.render([ADA, old])
    assert "grade them again" not in summary.render([ADA, BOB])
