"""`grader check`: the public checks as a student runs them, with the public folder alone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli.main import app
from grader.course import templates
from grader.reports.progress import Progress
from grader.student import public
from tests.conftest import ROOT, RUNNABLE
from tests.reports.examples import ADA

COURSE = ROOT / "tests" / "small_course"
SOLUTION = (COURSE / "solutions/greeting/solution.py").read_text("utf-8")
HALF = re.sub(r"(?s)def shout.*", "def shout(text):\n    raise NotImplementedError\n", SOLUTION)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """What a student of the small course has got, as the current folder."""
    folder = tmp_path / "greeting"
    shutil.copytree(COURSE / "assignments/greeting", folder)
    private = (COURSE / "solutions/greeting/assignment.toml").read_text("utf-8")
    (folder / "assignment.toml").write_text(templates.public_part("greeting", private), "utf-8")
    monkeypatch.chdir(folder)
    return folder


def check(*arguments: object):
    """Run the command; exit code and output as one line."""
    result = CliRunner().invoke(app, ["check", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result.exit_code, " ".join((result.stdout + result.stderr).split())


# ------------------------------------------------------------------------------ the real course


def test_ready_made_operation_is_told(tmp_path):
    """The rule that the hidden checks have: else a stub that passes here earns nothing there."""
    shutil.copytree(ROOT / "assignments/softmax_regression", tmp_path / "softmax_regression")
    shutil.copytree(ROOT / "assignments/helpers", tmp_path / "helpers")
    file = tmp_path / "softmax_regression/work.py"
    file.write_text("import torch\n\n\ndef softmax(X):\n    return torch.softmax(X, 1)\n")

    (line,) = public.check(file, public.assignment_of(file), "softmax").lines

    assert line.status == "failed"
    assert "work.py, line 5 uses PyTorch's ready-made softmax" in line.messages[0]


@pytest.mark.parametrize("name", RUNNABLE)
def test_public_checks_need_the_public_folder_only(name, tmp_path):
    """Without solutions/ anywhere, every public check runs, and the solution's code passes it."""
    for part in (name, "helpers"):
        shutil.copytree(ROOT / "assignments" / part, tmp_path / part)
    file = tmp_path / name / f"{name}.py"
    shutil.copyfile(ROOT / "solutions" / name / "solution.py", file)

    assignment = public.assignment_of(file)
    found = public.check(file, assignment)

    assert {line.status for line in found.lines} <= {"passed", "unchecked"}
    assert found.is_done
    assert found.result.record.isolation == "process"


# ------------------------------------------------------------------------------ what it says


def test_template_is_told_what_to_write_first(folder):
    """Nothing is written: the first stub is the next one, and that is exit code 1."""
    code, said = check()

    assert code == 1
    assert "greeting.py: 0 of 1 stubs pass" in said
    assert "· greet not written yet" in said
    assert "- shout has no public check" in said
    assert "Next: greet" in said


def test_mistake_is_told_in_words(folder):
    """A wrong value is shown with what was expected: these checks are no secret."""
    Path("greeting.py").write_text(SOLUTION.replace("Hello", "Hallo"), "utf-8")

    code, said = check("greeting.py")

    assert code == 1
    assert "✗ greet wrong" in said
    assert "it is 'Hallo, Ada!'; expected 'Hello, Ada!'" in said


def test_place_of_the_next_stub_is_told(folder):
    """In which line, or cell and line, the student goes on."""
    assert "Next: greet (greeting.py, line 4)" in check("greeting.py")[1]


def test_mistake_of_syntax_is_told(folder):
    """A stub that Python cannot read is not just missing: the line and the problem are named."""
    Path("greeting.py").write_text(SOLUTION.replace("return f", "return (f"), "utf-8")

    code, said = check("greeting.py")

    assert code == 1
    assert "✗ greet cannot be used yet" in said
    cause = "Python cannot read `greet` ('(' was never closed); left out"
    assert f"Next: greet greeting.py, line 6: {cause}" in said
    assert "note:" not in said


def test_line_that_is_no_definition_is_told(folder):
    """Where nobody knows what a broken line defines, it may be the stub that is missing."""
    Path("greeting.py").write_text(SOLUTION.replace("def greet", "df greet"), "utf-8")

    assert "Next: greet greeting.py, line 4: Python cannot read this" in check("greeting.py")[1]


@pytest.mark.parametrize("is_above", [True, False])
def test_left_over_line_is_told(folder, is_above):
    """Code above or below the template's `raise` is not missing: the line to delete is named."""
    lines = ["    name = name.strip()", '    raise NotImplementedError("greet: missing")']
    body = "\n".join(lines if is_above else reversed(lines))
    Path("greeting.py").write_text(f"def greet(name):\n{body}\n    return name\n", "utf-8")

    said = check("greeting.py")[1]

    assert "✗ greet cannot be used yet" in said
    assert "`raise NotImplementedError`: once it is written, delete that line" in said
    assert f"(greeting.py, line {3 if is_above else 2})" in said


def test_notes_about_other_stubs_are_not_shown_for_one(folder):
    """`--stub` is about one stub; what concerns another one comes when that is asked for."""
    text = f"word = 1 / 0\n{SOLUTION}".replace("def shout(text)", "def shout(text=word)")
    Path("greeting.py").write_text(text, "utf-8")

    assert "ZeroDivisionError" not in check("greeting.py", "--stub", "greet")[1]
    assert "ZeroDivisionError" in check("greeting.py", "--stub", "shout")[1]


def test_places_are_in_the_language_of_the_answer(folder):
    """Also those that come from the record."""
    assert "下一步：greet（greeting.py，第 4 行）" in check("--lang", "zh")[1]


def test_notes_are_about_what_is_wrong(folder):
    """Training and printing at top level is left out for everybody: no note about that."""
    needs = "def greet(name, word=word):"
    text = f"word = 1 / 0\n{SOLUTION}\nprint(greet('Ada'))\nx = 1 / 0\n"
    Path("greeting.py").write_text(text.replace("def greet(name):", needs), "utf-8")

    said = check("greeting.py")[1]

    assert "left out" not in said
    assert "failed: ZeroDivisionError" in said


def test_other_arguments_are_told(folder):
    """A call that does not fit the definition is no error inside the student's code."""
    Path("greeting.py").write_text("def greet(name, mood):\n    return name\n", "utf-8")

    said = check("greeting.py")[1]

    assert "other arguments than the text says; called as greet(name): missing 1" in said


def test_everything_passes(folder):
    """Exit code 0, and a sentence about what the hidden checks ask."""
    Path("greeting.py").write_text(SOLUTION, "utf-8")

    code, said = check(folder)

    assert code == 0
    assert "1 of 1 stubs pass" in said
    assert "hand it in" in said


@pytest.mark.parametrize(
    ("text", "stub", "code", "words"),
    [
        (SOLUTION, "greet", 0, "`greet` passes. Check all stubs before you hand in."),
        (SOLUTION, "shout", 0, "`shout` has no public check. Check all stubs"),
        (HALF, "greet", 0, "`greet` passes. Still to write: 1 of 2 stubs; the next is `shout`."),
        (HALF, None, 1, "All public checks pass. Still to write: 1 of 2 stubs"),
    ],
)
def test_nobody_is_told_to_hand_in_too_early(folder, text, stub, code, words):
    """Not for one stub that passes, nor while one without a public check is not written."""
    Path("greeting.py").write_text(text, "utf-8")

    found, said = check(*(("--stub", stub) if stub else ()))

    assert found == code
    assert words in said
    assert "hand it in" not in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["gone.py"], "no file or folder gone.py"),
        (["--stub", "whisper"], "choose one of greet, shout"),
        (["../.."], "belongs to no assignment"),
    ],
)
def test_wrong_usage_is_2(folder, arguments, words):
    """Each mistake is a sentence that says what to do."""
    code, said = check(*arguments)

    assert code == 2
    assert words in said


def test_file_that_is_no_program_is_told_so(folder):
    """An empty notebook is the student's to repair: no traceback, exit code 1."""
    Path("greeting.ipynb").write_text("")

    code, said = check("greeting.ipynb")

    assert code == 1
    assert "greeting.ipynb is empty" in said


# ------------------------------------------------------------------------------ which file


def test_file_with_the_work_is_taken(folder):
    """Whichever was saved last: an untouched template beside the student's file is nothing."""
    Path("my_work.py").write_text(SOLUTION, "utf-8")
    os.utime("my_work.py", (1, 1))

    code, said = check()

    assert code == 0
    assert "my_work.py: 1 of 1 stubs pass" in said


def test_folder_without_a_file_is_told_so(folder):
    """The public checks are no work."""
    Path("greeting.py").unlink()

    code, said = check()

    assert code == 1
    assert "there is no .py or .ipynb file in it" in said


def test_checked_from_the_folder_above(folder):
    """What was given out has the assignment's folder in it. With two of them one has to choose."""
    assert "greeting/greeting.py: 0 of 1 stubs pass" in check("..")[1]

    shutil.copytree(folder, folder.parent / "farewell")
    code, said = check("..")

    assert code == 2
    assert "go to the folder of one. farewell, greeting" in said


def test_assignment_is_found_from_a_folder_inside(folder):
    """A copy in a sub-folder belongs to the assignment above it."""
    Path("old").mkdir()

    assert public.assignment_of(folder / "old").name == "greeting"


SAVES = """
import sys
from pathlib import Path
from grader.student import public
for _ in public.saves(Path(sys.argv[1])):
    print(Path(sys.argv[1]).read_text(), flush=True)
"""


def test_watch_sees_each_save(folder):
    """Once at the start, then again for each new version: written, or put into the file's place.
    Nothing for other files, nor where the file is away for a moment."""
    file = Path("greeting.py").resolve()
    file.write_text("0")
    command = [sys.executable, "-c", SAVES, file]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    timer = threading.Timer(60, process.kill)
    timer.start()
    seen = [process.stdout.readline()]

    with file.open("r+b", buffering=0) as opened:
        opened.write(b"1")
    seen.append(process.stdout.readline())
    Path("other.py").write_text("2")
    Path("new.py").write_text("3")
    file.unlink()
    Path("new.py").replace(file)
    seen.append(process.stdout.readline())

    timer.cancel()
    process.kill()
    assert seen == ["0\n", "1\n", "3\n"]
    assert process.communicate()[0] == ""


# ------------------------------------------------------------------------------ what is shown


def test_next_stub_is_the_first_that_does_not_pass():
    """In the order of the assignment, for later stubs build on earlier ones."""
    found = Progress(ADA)

    assert [line.status for line in found.lines] == ["error", "passed"]
    assert found.following == found.lines[0]
    assert not found.is_done
    assert Progress(ADA, found.lines[1].stub).following is None
    assert any("sum runs down the columns" in message for message in found.lines[0].messages)
