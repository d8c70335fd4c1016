"""The commands as a person meets them: output, files, exit codes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from grader.cli.main import app
from grader.errors import IsolationUnavailable
from grader.grading import session
from grader.grading.scoring import Result
from grader.reports import terminal
from grader.reports.formats import json as json_report
from grader.reports.screen import Screen
from tests.conftest import ROOT, grade_paths

COURSE = ROOT / "tests" / "small_course"
SOLUTION = (COURSE / "solutions/greeting/solution.py").read_text("utf-8")
UPLOADS = ["ada.py", "eve.ipynb", "bob.ipynb", "late/ada.py"]
COMMANDS = ["grade", "check", "release", "package", "data", "doctor"]


def command(*arguments):
    """Run a command; its result, with no traceback in it."""
    result = CliRunner().invoke(app, list(map(str, arguments)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def grade(*arguments):
    """Grade in the small course, at the level that starts everywhere."""
    return command("grade", "greeting", *arguments, "--course", COURSE, "--isolation", "process")


def said(result):
    """Everything that was printed, as one line: the terminal breaks lines where it likes."""
    return " ".join((result.stdout + result.stderr).split())


@pytest.fixture
def empty(tmp_path):
    """Empty uploads by their paths: they are graded without a sandbox."""

    def empty(*names):
        paths = [tmp_path / name for name in names]
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return paths

    return empty


# ------------------------------------------------------------------------------ help


def test_help_lists_the_commands():
    """--help works and names every command."""
    result = command("--help")

    assert result.exit_code == 0
    assert all(name in result.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name):
    """--help of a command works and says what it does."""
    result = command(name, "--help")

    assert result.exit_code == 0
    assert f"grader {name}" in said(result)
    assert "Traceback" not in said(result)


@pytest.mark.parametrize("name", [*COMMANDS, "validate", "misconception list", "misconception add"])
def test_help_teaches_by_an_example(name):
    """The command as a person types it stands in its help."""
    assert said(command(*name.split(), "--help")).count(f"grader {name}") >= 2


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_is_quick(argument):
    """It is there before torch, pytest or numpy is imported."""
    code = (
        "import sys; from grader.cli.main import app\n"
        "try: app()\n"
        "except SystemExit: assert not {'torch', 'pytest', 'numpy'} & set(sys.modules)"
    )

    subprocess.run([sys.executable, "-c", code, argument], check=True, timeout=60)


def test_version_names_what_decides_a_grade():
    """The grader's own, Python's and torch's, on one line."""
    pattern = r"grader \d\S*, Python 3\.\d+\.\d+\S*, torch \d\S+\n"

    assert re.fullmatch(pattern, command("--version").stdout)


def test_nothing_is_wrong_usage():
    """Without a command the help is shown."""
    result = command()

    assert result.exit_code == 2
    assert "Usage" in said(result)


# ------------------------------------------------------------------------------ a whole batch


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    """(process, folder of --out) of a right, an unreadable, a half wrong and a same-named upload.

    In a process of its own, as a person starts it.
    """
    folder = tmp_path_factory.mktemp("uploads") / "monday"
    folder.mkdir()
    cell = {"cell_type": "code", "source": SOLUTION.replace("text.upper()", "text")}
    texts = [
        SOLUTION,
        "this is no notebook",
        json.dumps({"cells": [cell], "nbformat": 4}),
        "",
    ]
    files = dict(zip(UPLOADS, texts))
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    out = folder / "results" / "greeting"
    options = ["--course", COURSE, "--json", "-", "--out", out]
    paths = [folder / name for name in files]
    start = [sys.executable, "-c", "from grader.cli.main import app; app()"]
    process = subprocess.run(
        [*start, "grade", "greeting", *paths, *options], capture_output=True, text=True, timeout=300
    )
    return process, out


def test_batch_goes_on_after_an_unreadable_file(batch):
    """Every submission has its result, in order; a file that is no notebook stops nothing."""
    process, _ = batch

    found = json.loads(process.stdout)

    assert process.returncode == 0
    assert [(one["submission"], one["status"], one["score"]) for one in found] == [
        ("monday_ada", "graded", 100),
        ("eve", "unreadable", 0),
        ("bob", "graded", 60),
        ("late_ada", "unreadable", 0),
    ]
    assert "eve.ipynb is not a notebook" in found[1]["warnings"][0]


def test_json_has_the_promised_fields(batch):
    """Stubs and checks are there with their outcome; the hidden answer is not."""
    process, _ = batch

    bob = json.loads(process.stdout)[2]

    assert bob["assignment"] == "greeting"
    assert bob["max_score"] == 100
    assert bob["isolation"] in ("namespaces", "landlock")
    assert bob["dataset"] is None
    assert bob["stubs"] == [
        {"name": "greet", "points": 60, "max_points": 60, "status": "passed"},
        {"name": "shout", "points": 0, "max_points": 40, "status": "failed"},
    ]
    outcomes = {check["name"]: (check["visibility"], check["outcome"]) for check in bob["checks"]}
    assert outcomes == {
        "test_greet_example": ("visible", "passed"),
        "test_greet_other_names": ("hidden", "passed"),
        "test_shout": ("hidden", "failed"),
    }
    assert "ABC" not in process.stdout + process.stderr


def test_out_has_one_file_for_each_submission(batch):
    """Submissions of one name are told apart by their folders; no unfinished file is left."""
    process, out = batch

    files = {path.name: json.loads(path.read_text("utf-8")) for path in out.glob("*.json")}

    assert set(files) == {"monday_ada.json", "late_ada.json", "bob.json", "eve.json"}
    assert not list(out.glob("*.part"))
    everything = [files[f"{name}.json"][0] for name in ("monday_ada", "eve", "bob", "late_ada")]
    relative = [fields.pop("relative_path") for fields in everything]
    assert relative == [f"../../{name}" for name in UPLOADS]
    assert everything == json.loads(process.stdout)


# ------------------------------------------------------------------------------ files of results


@pytest.mark.parametrize(
    "names",
    [
        ["a/ada.py", "b/ada.py", "c/ada.py"],
        ["a/ada.py", "ada-2.py", "b/ada.py"],
        ["ada.py", "ada.ipynb"],
        ["ada.v1.py", "ada.v2.py"],
    ],
    ids=str,
)
def test_no_result_overwrites_another(empty, tmp_path, names):
    """As many files as submissions, whatever the submissions are called."""
    grade(*empty(*names), "--out", tmp_path / "out")

    files = [path.name for path in (tmp_path / "out").iterdir()]
    assert len(files) == len(names) + len(["grades.csv", "summary.md"])


def test_json_file_is_written(empty, tmp_path):
    """--json FILE writes the list, and the class is still shown."""
    result = grade(*empty("ada.py", "bob.py"), "--json", tmp_path / "all.json")

    found = json.loads((tmp_path / "all.json").read_text("utf-8"))
    assert [one["submission"] for one in found] == ["ada", "bob"]
    assert "unreadable: ada, bob" in said(result)


def test_several_reports_at_once(empty, tmp_path):
    """Each --format has its file; the one for the screen takes the place of the tables."""
    files = [f"csv={tmp_path}/new/class.csv", f"junit={tmp_path}/junit.xml", "github=-"]
    options = [part for file in files for part in ("--format", file)]

    result = grade(*empty("ada.py", "bob.py"), *options)

    assert result.exit_code == 0
    assert [line[:8] for line in result.stdout.splitlines()] == ["::error ", "::error "]
    assert (tmp_path / "new/class.csv").read_text().count("unreadable") == 2
    assert (tmp_path / "junit.xml").read_text().count("<testsuite ") == 2


def test_format_that_cannot_be_is_refused_before_grading(empty, tmp_path):
    """An unknown format, and Gradescope's for two submissions, are wrong usage."""
    uploads = empty("ada.py", "bob.py")

    for wanted in ("pdf=class.pdf", f"gradescope={tmp_path}/results.json"):
        result = grade(*uploads, "--format", wanted, "--out", tmp_path / "out")
        assert result.exit_code == 2
        assert not (tmp_path / "out").exists()


def test_json_file_in_a_new_folder_loses_nothing(empty, tmp_path):
    """A folder that is not there is made, or refused before anything is graded."""
    path = tmp_path / "new" / "all.json"

    result = grade(*empty("ada.py"), "--json", path)

    assert (result.exit_code == 0 and path.is_file()) or result.exit_code == 2


def test_report_that_cannot_be_written_is_known_before_grading(empty, tmp_path):
    """Not after an evening, with all results lost."""
    (tmp_path / "file").write_text("")

    reports = ("--json", tmp_path / "file" / "results.json", "--out", tmp_path / "out")
    result = grade(*empty("ada.py"), *reports)

    assert result.exit_code == 2
    assert str(tmp_path / "file") in said(result)
    assert not (tmp_path / "out").exists()


def test_out_that_is_a_file_is_wrong_usage(empty, tmp_path):
    """--out names a folder; a file of that name is said to be one."""
    (tmp_path / "out").write_text("mine")

    result = grade(*empty("ada.py"), "--out", tmp_path / "out")

    assert result.exit_code == 2
    assert (tmp_path / "out").read_text() == "mine"


def test_file_name_of_another_encoding_is_graded(tmp_path):
    """A name that is no UTF-8 neither stops the batch nor spoils its JSON."""
    path = Path(str(tmp_path) + "/caf\udce9.py")
    try:
        path.touch()
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")

    result = grade(path, "--json", "-", "--out", tmp_path / "out")

    assert result.exit_code == 0
    assert json.loads(result.stdout)[0]["submission"].startswith("caf")


# ------------------------------------------------------------------------------ exit codes


def test_score_below_the_demand_is_1(empty):
    """--fail-under turns a low score into exit code 1; 0 demands nothing."""
    assert grade(*empty("ada.py"), "--fail-under", 50).exit_code == 1
    assert grade(*empty("ada.py"), "--fail-under", 0).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["grade", "unknown", "HERE/ada.py", "--course", COURSE], "Available: greeting"),
        (["grade", "greeting", "HERE/gone.py", "--course", COURSE], "gone.py"),
        (["grade", "greeting", "HERE/ada.py", "HERE/no[pe].py", "--course", COURSE], "no[pe].py"),
        (["grade", "greeting", "HERE/a[/b].py", "--course", COURSE], "a[/b].py"),
        (["grade", "greeting", "HERE/ada.py", "--course", "HERE/nothing"], "no folder solutions/"),
        (["grade", "greeting", "HERE/ada.py", "--isolation", "trust"], "trust"),
        (["grade", "greeting", "HERE/ada.py", "--fail-under", "101"], "100"),
        (["grade", "greeting", "HERE/ada.py", "--course", COURSE, "--json", "HERE"], "is a folder"),
        (
            ["grade", "greeting", "HERE/ada.py", "--course", COURSE, "--out", "HERE/ada.py"],
            "a file",
        ),
        (["grade", "greeting"], "PATH"),
        (["release", "greeting", "--to", "HERE/new", "--course", COURSE], "grader template"),
        (["package", "gradescope", "greeting", "--to", "HERE", "--course", COURSE], "already"),
        (["package", "gitlab", "greeting", "--to", "HERE/new", "--course", COURSE], "gitlab"),
        (["data", "Unknown"], "There is no data set"),
        (["data", "--data", "HERE"], "no FashionMNIST in"),
        (["frobnicate"], "frobnicate"),
    ],
    ids=str,
)
def test_wrong_usage_is_2(empty, tmp_path, arguments, words):
    """Each mistake is a sentence that names it, without a traceback."""
    empty("ada.py")

    result = command(*(str(each).replace("HERE", str(tmp_path)) for each in arguments))

    assert result.exit_code == 2
    assert words.replace(" ", "") in said(result).replace(" ", "").replace("│", "")


def test_course_is_found_from_a_folder_inside(empty, monkeypatch):
    """Without --course the nearest folder above that holds solutions/ is the course."""
    (path,) = empty("ada.py")
    monkeypatch.chdir(COURSE / "assignments" / "greeting")

    result = command("grade", "greeting", path, "--isolation", "process")

    assert result.exit_code == 0


def test_no_course_is_2(empty, monkeypatch, tmp_path):
    """Outside of any course the sentence says how to name one."""
    (path,) = empty("ada.py")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GRADER_COURSE", raising=False)

    result = command("grade", "greeting", path)

    assert result.exit_code == 2
    assert "--course" in said(result)


def test_machine_without_isolation_is_3(empty, monkeypatch):
    """Where no sandbox can be had nothing is graded, and the exit code says whose fault it is."""

    def unavailable(level):
        raise IsolationUnavailable("no sandbox can be had here [really]. Ask an administrator.")

    monkeypatch.setattr(session, "choose", unavailable)

    result = grade(*empty("ada.py"))

    assert result.exit_code == 3
    assert "no sandbox can be had here [really]" in said(result)


# ------------------------------------------------------------------------------ what is shown


@pytest.fixture(scope="module")
def unreadable(tmp_path_factory):
    """A result, to be changed into any other one."""
    path = tmp_path_factory.mktemp("upload") / "ada.py"
    path.touch()
    (result,) = grade_paths([path], assignment="greeting", course=COURSE, level="process")
    return result


def shown(result):
    """The table as a terminal gets it."""
    console = Screen(width=100, force_terminal=True)
    with console.capture() as capture:
        console.print(terminal.table(result))
    return capture.get()


@pytest.mark.parametrize("status", ["graded", "unreadable"])
def test_students_text_cannot_steer_the_terminal(unreadable, status):
    """Escape sequences in what a student's code says are not passed on to the terminal."""
    record = msgspec.structs.replace(
        unreadable.record,
        status=status,
        submission="ada\x1b]0;pwned\x07",
        warnings=["cell 1: failed: \x1b[2Jscreen cleared", "[red]no markup[/red] [/]"],
    )

    text = shown(Result(record, unreadable.grade))

    assert "\x1b]0;" not in text
    assert "\x1b[2J" not in text
    assert "[red]no markup[/red] [/]" in text


def test_json_is_stable(unreadable):
    """The fields stand in the documented order."""
    (found,) = json.loads(json_report.render([unreadable]))

    assert list(found)[:6] == [
        "submission",
        "assignment",
        "status",
        "score",
        "max_score",
        "isolation",
    ]


# ------------------------------------------------------------------------------ data and doctor


def test_data_says_what_is_used(tmp_path, monkeypatch):
    """The embedded subset is unpacked, and its place and checksum are shown."""
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path))

    result = command("data", "--data", "embedded")

    assert result.exit_code == 0
    for words in ("FashionMNIST, embedded", "1,600", "sha256", str(tmp_path)):
        assert words in result.stdout.replace("\n", "")


def test_doctor_examines_this_machine():
    """A table of isolation, device, data and versions; exit code 0 where checks can be run."""
    result = command("doctor")

    assert result.exit_code == 0
    for words in ("isolation namespaces", "isolation landlock", "device", "data MNIST", "torch"):
        assert words in said(result)


# ------------------------------------------------------------------------------ devices


@pytest.mark.parametrize(
    ("device", "words"),
    [("fake", "is for tests, with GRADER_FAKE_DEVICE=1 set"), ("cuda", "There is no CUDA device")],
)
def test_a_device_that_is_not_here_is_a_wrong_command(device, words, monkeypatch, tmp_path):
    """Before the first submission is touched, a sentence says what to do."""
    monkeypatch.delenv("GRADER_FAKE_DEVICE")
    monkeypatch.setattr("grader.grading.devices.CUDA_FILES", ())
    submission = tmp_path / "hw.py"
    submission.touch()

    result = command("grade", "greeting", submission, "--device", device, "--course", COURSE)

    assert result.exit_code == 2
    assert words in said(result)
