"""Names and code that try to steer the terminal, through the real output of every command."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli.main import app
from grader.course import templates
from grader.course.datasets.idx import FILES
from grader.grading.results_folder import Store
from grader.grading.scoring import Result
from tests.conftest import ROOT
from tests.reports.examples import check, grade, record

COURSE = ROOT / "tests/small_course"
# A title, a cleared screen (also by one character), the way back over a line, the other direction.
EVIL = NAME = "\x1b]0;owned\x07\x1b[2J\x9b2J\x1b[1A\x1b[2K\u202e\u2066[red][nothing]"
RICH_OWN = re.compile(r"\x1b\[[0-9;]*m|\x1b\[\?25[lh]|\x1b\[1A|\x1b\[2K|\r")  # colours, live lines
CODE = f"""
def greet(name):
    import os  # {EVIL}
    return "Hi, {EVIL}" + name


def shout(text):
    raise ValueError("{EVIL}")


print("{EVIL}")
"""
ASK = ["--name", "says_hi", "--sentence", "It says Hi.", "--yes"]


def run(folder: Path, *arguments: object, **environment: str) -> tuple[int, str]:
    """A command on a terminal, in `folder`; its exit code and all that it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        cwd=folder,
        env=os.environ | {"FORCE_COLOR": "1", "COLUMNS": "250"} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=300,
    )
    return done.returncode, (done.stdout + done.stderr).decode()


def steering(said: str) -> set[str]:
    """The characters of an output that do anything but stand there, rich's own left out."""
    return {c for c in RICH_OWN.sub("", said) if not c.isprintable() and c not in "\n\t"}


def words(said: str) -> str:
    """An output without colours, on one line."""
    return " ".join(RICH_OWN.sub("", said).split())


@pytest.fixture
def course(tmp_path) -> Path:
    """A course with hostile uploads: a program, and a file that is none."""
    shutil.copytree(COURSE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "class").mkdir()
    for name, text in {"ada": CODE, "eve": "def"}.items():
        (tmp_path / f"class/{name}{NAME}.py").write_text(text, "utf-8")
    return tmp_path


def keep(course: Path, code: str) -> None:
    """A result whose wrong greeting has this code and a hostile message."""
    (course / f"ada{NAME}.py").write_text(code, "utf-8")
    failed = check("test_greet", "greet", outcome="failed", answer="x", message=EVIL)
    seen = record(f"ada{NAME}", [failed], assignment="greeting", path=f"ada{NAME}.py")
    Store(course / "results", "greeting").keep(Result(seen, grade(0, 0, ("failed", "missing"))))


def test_nothing_steers_the_terminal_while_grading(course):
    """The live line, the tables, the log on the screen and the place of a report."""
    uploads = [*sorted((course / "class").iterdir()), "--isolation", "process", "--debug"]

    code, said = run(course, "grade", "greeting", *uploads, "--format", f"csv={NAME}")

    assert code == 0, said
    assert steering(said) == set()
    assert "[red][nothing]" in words(said)


def test_nothing_in_a_record_steers_the_terminal_that_prints_it(course):
    """The JSON on the screen, with what the code printed, and the folder's own files."""
    uploads = [*sorted((course / "class").iterdir()), "--isolation", "process"]

    code, said = run(course, "grade", "greeting", *uploads, "--out", "results", "--json", "-")

    assert code == 0, said
    assert "owned" in said
    assert steering(said) == set()
    for file in (course / "results").iterdir():
        assert steering(file.read_text("utf-8")) == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ["grade", "greeting", f"--{EVIL}"],
        ["grade", "greeting", f"gone{EVIL}"],
        ["validate", f"gone{EVIL}"],
        ["release", "greeting", "--to", f"handout{EVIL}"],
        ["package", "gradescope", f"gone{EVIL}", "--to", "new"],
        ["data", "--data", f"gone{EVIL}"],
        ["misconception", "list", "greeting", f"gone{EVIL}"],
        ["misconception", "add", f"--{EVIL}"],
        [EVIL],
    ],
    ids=lambda value: " ".join(value).replace(EVIL, "EVIL"),
)
def test_wrong_usage_is_quoted_and_steers_nothing(course, arguments):
    """The sentence repeats what was typed, or what `*` made of a folder."""
    code, said = run(course, *arguments)

    assert code == 2, said
    assert steering(said) == set()


def test_nothing_steers_the_terminal_of_a_student(tmp_path):
    """`grader check` shows the file's name and what the code returned."""
    shutil.copytree(COURSE / "assignments/greeting", tmp_path / "greeting")
    private = (COURSE / "solutions/greeting/assignment.toml").read_text("utf-8")
    (tmp_path / "greeting/assignment.toml").write_text(templates.public_part("greeting", private))
    file = tmp_path / "greeting" / f"ada{NAME}.py"
    file.write_text(CODE.replace("return", "raise ValueError #"), "utf-8")

    code, said = run(file.parent, "check", file.name)

    assert code == 1, said
    assert "owned" in said
    assert steering(said) == set()


def test_nothing_steers_the_terminal_of_an_author(course):
    """`grader validate` shows the name of a style that is wrong and what is wrong with it."""
    (course / "styles").mkdir()
    (course / f"styles/hi{NAME}.py").write_text(CODE, "utf-8")
    options = ["--alternatives", "styles", "--runs", "1", "--isolation", "process"]

    code, said = run(course, "validate", "greeting", *options)

    assert code == 1, said
    assert "owned" in said
    assert steering(said) == set()


def test_nothing_steers_the_terminal_in_an_examination(tmp_path):
    """`grader doctor` names a folder whose data are damaged."""
    folder = tmp_path / NAME
    folder.mkdir()
    for name in FILES:
        (folder / name).write_text("damaged")

    _, said = run(tmp_path, "doctor", GRADER_DATA=str(folder))

    assert "owned" in said
    assert steering(said) == set()


# ------------------------------------------------------------------------------ reading the code


HIDDEN = {
    "escape": "\x1b[1A\x1b[2K",
    "override": "\u202e",
    "isolate": "\u2066",
    "no width": "\u200b",
    "filler": "\u3164",
    "form feed": "\x0c",
}


def test_listed_code_shows_every_line(course):
    """Escape sequences in a comment hide neither the line above nor what they are."""
    keep(course, f"def greet(name):\n    print('above')\n    # {HIDDEN['escape']}\n    pass\n")

    code, said = run(course, "misconception", "list", "greeting", "results")

    assert code == 0, said
    assert "print('above')" in words(said)
    assert "the code holds characters that do not show" in words(said)
    assert steering(said) == set()
    assert not re.search(r"\x1b\[1A|\x1b\[2K", said)


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=list(HIDDEN))
def test_code_with_hidden_characters_is_shown_and_refused(course, hidden, monkeypatch):
    """Nobody can approve what nobody can see, not even with --yes."""
    monkeypatch.chdir(course)
    keep(course, f"def greet(name):\n    print('above')\n    # {hidden}\n    pass\n")

    done = CliRunner().invoke(app, ["misconception", "add", "greeting", "results", *ASK])

    said = done.stdout + done.stderr
    assert done.exit_code == 2
    assert "print('above')" in said
    assert "characters that do not show; write the entry by hand" in words(said)
    assert steering(said) == set()
    assert not (course / "solutions/greeting/misconceptions.py").exists()


def test_what_is_stored_is_what_was_shown(course, monkeypatch):
    """A statement far to the right is on the screen, too; Chinese text with its spaces is fine."""
    monkeypatch.chdir(course)
    far = "x = '中文\u3000空格'" + " " * 300 + "; os = None"
    keep(course, f"def greet(name):\n    {far}\n    return 'Hi, ' + name\n")

    done = CliRunner().invoke(app, ["misconception", "add", "greeting", "results", *ASK])

    assert done.exit_code == 0, done.output
    assert "; os = None" in done.stdout
    assert far in (course / "solutions/greeting/misconceptions.py").read_text("utf-8")


# ------------------------------------------------------------------------------ other terminals


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["grade", "greeting", "é.py", "é/ß.py", "--lang", "zh", "--isolation", "process"],
        ["grade", "greeting", "é.py", "--json", "-", "--isolation", "process"],
        ["grade", "greeting", "--ü"],
        ["grade", "greeting", "gone-é.py"],
    ],
    ids=lambda value: " ".join(value[:3]),
)
def test_any_terminal_can_be_written_to(tmp_path, arguments):
    """Where a character cannot be written, another one stands in its place."""
    shutil.copytree(COURSE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "é").mkdir()
    for name in ("é.py", "é/ß.py"):
        (tmp_path / name).touch()
    done = subprocess.run(
        [sys.executable, "-m", "grader", *arguments],
        cwd=tmp_path,
        env=os.environ | {"PYTHONIOENCODING": "ascii", "COLUMNS": "60"},
        capture_output=True,
        timeout=120,
    )

    said = (done.stdout + done.stderr).decode("ascii")
    assert done.returncode in (0, 2), said
    assert "Unicode" not in said
    assert "Traceback" not in said
    if "--json" in arguments:
        assert json.loads(done.stdout.decode("ascii"))[0]["status"] == "unreadable"


NAMES = ["名字 作业.py", "Jose\u0301.py", "🚀.py", os.fsdecode(b"latin\xe9.py"), "Иван.py"]


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii:strict"},
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=lambda value: " ".join(value),
)
def test_names_in_any_script_are_graded_from_any_terminal(tmp_path, environment):
    """Tables, records and tables for a spreadsheet are written, and the exit code is right."""
    folder = tmp_path / "class"
    folder.mkdir()
    for name in NAMES:
        (folder / name).touch()
    options = ["--class", "--out", tmp_path / "out", "--isolation", "process", "--lang", "zh"]
    done = subprocess.run(
        [sys.executable, "-m", "grader", "grade", "greeting", folder, *options, "--course", COURSE],
        env={k: v for k, v in os.environ.items() if k not in ("LANG", "LC_ALL")} | environment,
        capture_output=True,
        timeout=120,
    )

    said = (done.stdout + done.stderr).decode("latin-1")
    assert done.returncode == 0, said
    assert "Traceback" not in said
    records = [file.read_text("utf-8") for file in (tmp_path / "out").glob("*.json")]
    assert len(records) == len(NAMES)
    if "LC_ALL" not in environment:  # there names are bytes, and stand escaped
        assert "名字 作业" in "".join(records)
        assert "名字 作业" in (tmp_path / "out/grades.csv").read_text("utf-8-sig")
