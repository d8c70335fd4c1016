"""`grader regrade`: today's checks on what the gradebook has, and whose scores change by them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.cli.main import app
from grader.course.assignment import load
from grader.gradebook.book import open_book
from tests.conftest import ROOT

SOLUTION = (ROOT / "tests/small_course/solutions/greeting/solution.py").read_text("utf-8")
CLASS = {
    "ada": SOLUTION,
    "bob": SOLUTION.replace("text.upper()", "text.title()"),
    "cy": SOLUTION.replace("text.upper()", "text.lower()"),
}
CHECK = 'assert submission.shout("abc") == "ABC"'


@pytest.fixture
def course(tmp_path):
    """A course whose gradebook has a class of three."""
    folder = tmp_path / "course"
    shutil.copytree(ROOT / "tests/small_course", folder)
    (tmp_path / "class").mkdir()
    for name, text in CLASS.items():
        (tmp_path / f"class/{name}.py").write_text(text, "utf-8")
    assert grader(folder, "grade", "greeting", tmp_path / "class").exit_code == 0
    return folder


def grader(course: Path, *arguments: object) -> Result:
    """Run the program, with the level that is quickest."""
    command = [*map(str, arguments), "--course", str(course)]
    command += ["--isolation", "process"] if arguments[0] in ("grade", "regrade") else []
    return CliRunner().invoke(app, command)


def edit(course: Path, new: str) -> None:
    """Change what the hidden check of `shout` accepts."""
    file = course / "solutions/greeting/test_hidden.py"
    file.write_text(file.read_text("utf-8").replace(CHECK, new), "utf-8")


def scores(course: Path) -> dict[str, float]:
    """What the gradebook has, by name."""
    with open_book(str(course / "gradebook.sqlite")) as book:
        attempts = book.attempts(load("greeting", course))
        return {each.name: attempts[each.id][-1].grade.score for each in book.members()}


def test_dry_run_says_who_changes_by_how_much_and_why(course):
    """And nothing is written."""
    edit(course, 'assert submission.shout("abc") in ("ABC", "Abc")')

    done = grader(course, "regrade", "greeting", "--dry-run")

    assert done.exit_code == 0, done.output
    (line,) = [line for line in done.stdout.splitlines() if "bob" in line]
    assert [part for part in line.split() if part[-1:].isdigit()][:3] == ["60", "100", "+40"]
    assert "shout: test_shout failed, now passed, +40" in line
    assert "ada" not in done.stdout
    assert "1 of 3 attempts" in done.stdout
    assert scores(course) == {"ada": 100, "bob": 60, "cy": 60}


def test_regrade_keeps_what_is_seen_now_and_what_was_seen_before(course):
    """What nobody has touched is not run again, and adjustments stay."""
    edit(course, 'assert submission.shout("abc") in ("ABC", "Abc")')
    with open_book(str(course / "gradebook.sqlite")) as book:
        book.adjust("greeting", book.find("bob"), "shout", 2.0, "", "a good idea", "Kim")

    first = grader(course, "regrade", "greeting")
    second = grader(course, "regrade", "greeting")

    assert "1 of 3 attempts" in first.stdout, first.output
    assert "None of 3 attempts" in second.stdout
    assert scores(course) == {"ada": 100, "bob": 100, "cy": 60}
    history = grader(course, "gradebook", "show", "bob").stdout
    assert "60 of 100 (counts no more): graded" in history
    assert "+2 adjusted by Kim" in history


def test_files_may_be_gone(course):
    """The gradebook has the code of its own."""
    shutil.rmtree(course.parent / "class")
    edit(course, 'assert submission.shout("abc") in ("ABC", "abc")')

    done = grader(course, "regrade", "greeting", "cy", "ada")

    assert done.exit_code == 0, done.output
    assert "1 of 2 attempts" in done.stdout
    assert scores(course) == {"ada": 100, "bob": 60, "cy": 100}


def test_nobody_of_that_name_is_an_error(course):
    """With those who may be meant."""
    done = grader(course, "regrade", "greeting", "bop")

    assert done.exit_code == 2
    assert "bob" in done.stderr
