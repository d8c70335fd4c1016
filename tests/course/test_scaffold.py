"""`grader new`, `template` and `preview`: the beginning of an assignment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli.main import app
from grader.course import assignment as assignments
from grader.course.release import contents
from grader.course.scaffold import create
from grader.errors import UsageError
from tests.conftest import ROOT


def run(*arguments: object) -> tuple[int, str]:
    """The exit code of `grader ...`, and what it says."""
    done = CliRunner().invoke(app, [*map(str, arguments)])
    return done.exit_code, done.output


@pytest.mark.parametrize("form", ["script", "notebook"])
def test_new_assignment_is_proven_at_once(tmp_path, monkeypatch, form):
    """In an empty folder: validate finds nothing to change, small changes of the stub included."""
    monkeypatch.chdir(tmp_path)
    code, said = run("new", "week_3", "--form", form)
    assert code == 0, said
    assert "grader validate week_3" in said

    done = subprocess.run(
        [sys.executable, "-m", "grader", "validate", "week_3", "--mutants", "--runs", "1"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✗" not in done.stdout


def test_new_assignment_can_be_handed_out(tmp_path):
    """Template, README and public check are there, with the title, and no field is left open."""
    create("week_3", tmp_path, "Three: scaling")

    files = contents(assignments.load("week_3", tmp_path))
    assert {"week_3/week_3.ipynb", "week_3/README.md", "week_3/test_public.py"} <= {*files}
    assert files["week_3/README.md"].startswith(b"# Three: scaling\n")
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in written if "$" in path.read_text("utf-8")] == []


def test_new_assignment_joins_the_course_around_it(tmp_path, monkeypatch):
    """In a folder below a course it becomes one of its assignments."""
    create("first", tmp_path)
    monkeypatch.chdir(tmp_path / "solutions" / "first")

    assert run("new", "second")[0] == 0
    assert assignments.available(tmp_path) == ["first", "second"]


@pytest.mark.parametrize("name", ["week 3", "3rd", "class", "../up", "Übung", ""])
def test_name_that_is_none_of_python_is_refused(tmp_path, name):
    """With what a name looks like; nothing is written."""
    with pytest.raises(UsageError, match="such as convolution"):
        create(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_assignment_that_is_there_is_never_overwritten(tmp_path):
    """Whichever of its two folders there is."""
    kept = tmp_path / "solutions" / "week_3" / "notes.txt"
    kept.parent.mkdir(parents=True)
    kept.write_text("mine")

    with pytest.raises(UsageError, match="is there already"):
        create("week_3", tmp_path)
    assert not (tmp_path / "assignments").exists()
    assert kept.read_text() == "mine"


def test_title_that_a_file_cannot_take_is_refused(tmp_path):
    """Quotation marks would end it in assignment.toml."""
    with pytest.raises(UsageError, match="A title is one line"):
        create("week_3", tmp_path, 'Say "hello"')


def test_template_is_cut_again_from_what_was_changed(tmp_path):
    """One assignment by its name, all without one."""
    for name in ("first", "second"):
        create(name, tmp_path)
        solution = tmp_path / "solutions" / name / "solution.py"
        solution.write_text(f"{solution.read_text('utf-8')}\nprint('more')\n", "utf-8")

    assert run("template", "first", "--course", tmp_path)[0] == 0
    assert "more" in Path(tmp_path, "assignments/first/first.py").read_text("utf-8")
    assert "more" not in Path(tmp_path, "assignments/second/second.py").read_text("utf-8")
    assert run("template", "--course", tmp_path)[0] == 0
    assert "more" in Path(tmp_path, "assignments/second/second.py").read_text("utf-8")


@pytest.mark.parametrize("command", ["template", "release", "validate"])
def test_misspelt_mark_is_an_error_with_file_and_line(tmp_path, command):
    """Whichever command meets it first."""
    create("week_3", tmp_path)
    solution = tmp_path / "solutions" / "week_3" / "solution.py"
    text = solution.read_text("utf-8").replace("### END SOLUTION", "### END SOLUTON")
    solution.write_text(text, "utf-8")
    line = text.split("\n").index("    ### END SOLUTON") + 1
    others = ["--to", tmp_path / "out"] if command == "release" else []

    code, said = run(command, "week_3", *others, "--course", tmp_path)

    assert code == 2
    assert f"solution.py,line{line}" in "".join(said.split())


def test_preview_shows_what_students_get(tmp_path, monkeypatch):
    """README and notebook as one page; nothing of the solution is in it."""
    create("week_3", tmp_path / "course", "Scaling & more")
    monkeypatch.setenv("BROWSER", "true")

    code, said = run("preview", "week_3", "--course", tmp_path / "course", "--to", tmp_path / "out")

    assert code == 0, said
    page = (tmp_path / "out" / "week_3.html").read_text("utf-8")
    assert "Scaling &amp; more" in page
    assert "YOUR CODE HERE" in page
    assert "largest = X.abs()" not in page
    assert (tmp_path / "out" / "week_3" / "week_3.ipynb").is_file()
