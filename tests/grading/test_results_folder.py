"""The folder of --out: nothing is lost, and nothing is run again that has not changed."""

from __future__ import annotations

import contextlib
import csv
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
from typer.testing import CliRunner

from grader.cli.main import app
from grader.grading.record_json import json_text, to_object
from grader.grading.results_folder import Store
from grader.grading.scoring import Result
from grader.reports import summary
from grader.submissions.uploads import Upload
from tests.conftest import ROOT
from tests.reports.examples import ADA, BOB, CLASS, EVE
from tests.sandbox.in_boxes import gaps

COURSE = ROOT / "tests" / "small_course"
SOLUTION = (COURSE / "solutions/greeting/solution.py").read_text("utf-8")
HALF = SOLUTION.replace("text.upper()", "text")
ENDLESS = SOLUTION + "\ndef endless():\n    while True:\n        pass\n\n\nshout.long = endless()\n"


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


def grade(*arguments: object) -> None:
    """Grade in this process."""
    command = ["grade", "greeting", *arguments, "--course", COURSE, "--isolation", "process"]
    done = CliRunner().invoke(app, list(map(str, command)))
    assert done.exit_code == 0, done.output


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
    """A second run grades the changed submission only; with --force it grades all."""

    def run(names: str, *options: str) -> None:
        paths = [folder / f"class/{name}.py" for name in names.split()]
        grade(*paths, "--out", folder / "out", *options)

    run("ada bob")
    first = written(folder)
    (folder / "class/bob.py").write_text(SOLUTION, "utf-8")

    run("ada bob")

    second = written(folder)
    assert second["ada"] == first["ada"]
    assert second["bob"] > first["bob"]
    assert scores(folder) == {"ada": "100", "bob": "100"}
    assert "2 submissions" in (folder / "out/summary.md").read_text("utf-8")

    run("ada", "--force")

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
    named = {"submissions/ada.py": ADA, "late/ada.py": late}
    Store(tmp_path, "softmax_regression").keep(ADA)

    store = Store(tmp_path, "softmax_regression")
    store.keep(late)
    store.keep(ADA)

    assert sorted(file.name for file in tmp_path.iterdir()) == ["ada-2.json", "ada.json"]
    again = Store(tmp_path, "softmax_regression").results
    assert again == {str(Path(name).resolve()): result for name, result in named.items()}


def at(path: object) -> Result:
    """A result of this upload."""
    return msgspec.structs.replace(
        ADA, record=msgspec.structs.replace(ADA.record, path=str(path), warnings=[str(path)])
    )


def test_a_student_is_one_row_however_the_path_is_typed(folder, monkeypatch):
    """What was graded under one path is known under another, from another folder as well."""
    monkeypatch.chdir(folder)
    grade("class/ada.py", "--out", "out")
    first = written(folder)

    for path in ("class/../class/ada.py", folder / "class/ada.py", folder / "out/../class/ada.py"):
        grade(path, "--out", folder / "out", "--json", folder / "all.json")
        assert json.loads((folder / "all.json").read_text("utf-8"))[0]["path"] == str(path)
    monkeypatch.chdir(folder / "class")
    grade("ada.py", "--out", "../out")

    assert written(folder) == first
    assert scores(folder) == {"ada": "100"}
    assert len((folder / "out/grades.csv").read_text("utf-8").splitlines()) == 2


def test_submissions_and_results_can_be_moved_together(folder):
    """Nothing is graded again, and nobody is there twice."""
    grade(folder / "class/ada.py", "--out", folder / "out")
    first = written(folder)
    moved = folder.rename(folder.with_name("moved"))

    grade(moved / "class/ada.py", "--out", moved / "out")

    assert written(moved) == first


def test_folder_of_an_older_version_is_understood(tmp_path, monkeypatch):
    """Its paths were typed in the current folder; of several for one student the last counts."""
    monkeypatch.chdir(tmp_path)
    typed = ["class/ada.py", "./class/ada.py", str(tmp_path / "class/ada.py"), "late/ada.py"]
    for number, path in enumerate(typed):
        file = tmp_path / f"ada-{9 - number}.json"
        file.write_text(json_text([to_object(at(path))]), "utf-8")
        os.utime(file, (number, number))

    store = Store(tmp_path, "softmax_regression")

    assert {key: result.record.warnings for key, result in store.results.items()} == {
        str(tmp_path / "class/ada.py"): [typed[2]],
        str(tmp_path / "late/ada.py"): [typed[3]],
    }
    assert store.earlier(Upload(Path("class/ada.py"))).path == "class/ada.py"
    store.keep(at("class/ada.py"))
    assert store.files[str(tmp_path / "class/ada.py")].name == "ada-7.json"


def test_links_to_one_file_are_two_students(tmp_path):
    """Some platforms keep equal files once; a link to a folder is only another way to it."""
    (tmp_path / "equal.py").touch()
    (tmp_path / "class").mkdir()
    (tmp_path / "link").symlink_to("class")
    for name in ("ada", "bob"):
        (tmp_path / f"class/{name}.py").symlink_to("../equal.py")
    store = Store(tmp_path / "out", "softmax_regression")

    for path in ("class/ada.py", "class/bob.py", "link/ada.py"):
        store.keep(at(tmp_path / path))

    assert {Path(key).name for key in store.results} == {"ada.py", "bob.py"}
    assert len(store.results) == 2


@pytest.mark.parametrize("jobs", [1, 2])
def test_tables_are_written_after_an_interrupt(folder, jobs):
    """What was graded until Ctrl-C is in grades.csv."""
    (folder / "class/zoe.py").write_text(ENDLESS, "utf-8")
    process = start(folder, jobs=jobs)
    while not {"ada", "bob"} <= set(written(folder)):
        assert process.poll() is None
        time.sleep(0.05)

    os.kill(process.pid, signal.SIGINT)
    process.communicate(timeout=60)

    assert process.returncode == 130
    assert scores(folder) == {"ada": "100", "bob": "60"}


def test_tables_are_written_after_an_error(folder):
    """A run that cannot begin leaves those of the records that are there."""
    grade(folder / "class/ada.py", "--out", folder / "out")
    (folder / "out/grades.csv").unlink()

    command = ["grade", "greeting", folder / "class/ada.py", "--device", "fake", "--jobs", "1"]
    options = ["--course", COURSE, "--out", folder / "out"]
    runner = CliRunner(env={"GRADER_FAKE_DEVICE": None})
    done = runner.invoke(app, list(map(str, [*command, *options])))

    assert done.exit_code == 2
    assert scores(folder) == {"ada": "100"}


@pytest.mark.parametrize("name", ["x" * 252, "é" * 120])
def test_long_names_have_a_file(tmp_path, name):
    """A name as long as the file system takes it leaves no room for an ending."""
    long = msgspec.structs.replace(ADA, record=msgspec.structs.replace(ADA.record, submission=name))

    Store(tmp_path, "softmax_regression").keep(long)

    assert list(Store(tmp_path, "softmax_regression").results.values()) == [long]


def test_other_files_are_left_alone(tmp_path):
    """A list of all results, another assignment's record and a broken file are no records."""
    (tmp_path / "all.json").write_text(json.dumps([{"submission": "ada"}]))
    (tmp_path / "broken.json").write_text('[{"submission": ')
    Store(tmp_path, "softmax_regression").keep(ADA)

    assert list(Store(tmp_path, "softmax_regression").results.values()) == [ADA]
    assert Store(tmp_path, "another").results == {}


def test_summary_of_a_class():
    """Scores, stubs, the known mistakes and who needs a look, as a person reads them."""
    text = summary.render(CLASS)

    assert "# softmax\\_regression: 5 submissions" in text
    assert "| 2 | 6.5 | 6.5 | 0 | 13 | 22 |" in text
    assert "| softmax | 12 | 1.5 | 0 | 1 |" in text
    assert "| 1 | softmax | The sum runs down the columns \\(dim 0\\). |" in text
    assert "### Infrastructure error (1)\n" in text
    assert "- fay: the grader failed\\: disk full" in text
    assert "### Unreadable (1)\n" in text
    assert "- eve: eve.py is empty." in text
    assert "### Not attempted (1)\n" in text
    assert "\n- dan\n" in text
    assert "### No answer in time (1)\n" in text
    assert "\n- bob \\(net\\)\n" in text


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
